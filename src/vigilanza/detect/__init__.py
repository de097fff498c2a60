"""Brain: turns pictures into observations, and observations into incidents."""
