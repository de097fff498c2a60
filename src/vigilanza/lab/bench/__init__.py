"""What watching costs, measured beside what people use today."""
