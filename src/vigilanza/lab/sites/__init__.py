"""Many sites and their centre: simulated sites, everything else real. `vigilanza simulate --city`."""
