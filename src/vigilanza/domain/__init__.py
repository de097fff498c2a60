"""Meaning: what a door, an observation, an incident and an alert are. Pure: touches no world."""
