"""How long the tests that may last any time do last: `make soak` gives them hours, `make test` moments."""

import os

SOAK_SECONDS = float(os.environ.get("VIGILANZA_SOAK_SECONDS", "0"))
"""Seconds added to a test of endurance."""
FUZZ_CONNECTIONS = int(os.environ.get("VIGILANZA_FUZZ_CONNECTIONS", "100"))
"""Connections whose bytes are spoilt."""
