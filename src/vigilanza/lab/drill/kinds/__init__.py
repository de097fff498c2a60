"""What can break: one file each."""
