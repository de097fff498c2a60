"""The command line, a group of commands per file; each command is thin and imports what it needs when called."""
