"""The shipped network, loaded once for all tests."""

import pytest

from vigilanza.detect.movenet_onnx import open_movenet
from vigilanza.detect.people import PersonDetector


@pytest.fixture(scope="session")
def movenet() -> PersonDetector:
    """Who finds people."""
    return open_movenet()
