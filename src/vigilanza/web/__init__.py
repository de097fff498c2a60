"""Face: the control room's page and the HTTP API behind it."""
