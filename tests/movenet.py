"""The shipped network, loaded once for all tests."""

import pytest

from vigilanza.detect.people import PersonDetector
from vigilanza.detect.weights import load_movenet


@pytest.fixture(scope="session")
def movenet() -> PersonDetector:
    """Who finds people."""
    return load_movenet()
