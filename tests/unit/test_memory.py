"""Running pictures follow the time, not the number of pictures."""

import numpy as np
import pytest

from vigilanza.detect.geometry import LEAF_SHAPE
from vigilanza.detect.memory import FAST_S, PlaneMemory

DARK, BRIGHT = (np.full(LEAF_SHAPE, grey, np.uint8) for grey in (40, 200))


def after(seconds: float, *, fps: float) -> PlaneMemory:
    """A memory of darkness that has seen brightness for `seconds`."""
    memory = PlaneMemory()
    memory.remember(DARK, None, 10.0)
    for number in range(round(seconds * fps)):
        memory.remember(BRIGHT, None, 10.0 + (number + 1) / fps)
    return memory


@pytest.mark.parametrize("fps", [2.5, 10.0, 25.0])
def test_an_average_is_the_same_whatever_the_rate(fps: float) -> None:
    expected = 200 - 160 * np.exp(-0.8 / FAST_S)
    assert np.allclose(after(0.8, fps=fps).fast, expected, atol=0.1)


def test_it_is_at_rest_once_short_and_long_agree() -> None:
    assert not after(0.4, fps=5.0).steady().any()
    assert after(6.0, fps=5.0).steady().all()


def test_what_somebody_covered_starts_anew() -> None:
    memory = after(0.0, fps=5.0)
    covered = np.zeros(LEAF_SHAPE, np.uint8)
    covered[:72] = 1
    memory.remember(BRIGHT, covered, 10.2)
    assert (memory.long[:72] == 200).all()
    assert memory.long[72:].max() < 60


def test_a_picture_that_was_kept_is_not_changed_by_later_ones() -> None:
    memory = PlaneMemory()
    memory.remember(DARK, None, 10.0)
    memory.remember(BRIGHT, None, 10.2)
    assert memory.fast is not memory.slow
    assert (DARK == 40).all()
