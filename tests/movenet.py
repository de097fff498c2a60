"""The shipped network, loaded once for all tests."""

from typing import Any

import pytest

from vigilanza.detect.weights import load_movenet


@pytest.fixture(scope="session")
def movenet() -> Any:
    """An inference session."""
    return load_movenet()
