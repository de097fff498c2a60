"""How long the tests that may last any time do last: `make soak` gives them hours, `make test` moments."""

import os

from hypothesis import HealthCheck, settings

SOAK_SECONDS = float(os.environ.get("VIGILANZA_SOAK_SECONDS", "0"))
"""Seconds added to a test of endurance."""
FUZZ_CONNECTIONS = int(os.environ.get("VIGILANZA_FUZZ_CONNECTIONS", "100"))
"""Connections whose bytes are spoilt."""
FUZZ_EXAMPLES = int(os.environ.get("VIGILANZA_FUZZ_EXAMPLES", "100"))
"""Files, messages and answers that are spoilt, for each kind of them."""
EXAMPLES = settings(
    max_examples=FUZZ_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
"""Decorates a test that takes so many of them."""
