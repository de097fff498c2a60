"""A whole box for the drill: its processes, its disk, its clock, and what is told to it."""
