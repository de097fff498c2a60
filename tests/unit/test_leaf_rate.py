"""How often a camera sends pictures does not decide what is said of a leaf."""

import pytest

from tests.drawn import Look, facts, film, watched
from vigilanza.detect.door import DoorDetector
from vigilanza.domain.observation import Fact


@pytest.mark.parametrize("fps", [2.5, 5.0, 10.0, 25.0])
def test_an_opened_leaf_is_told_as_soon_whatever_the_rate(fps: float) -> None:
    frames = film((12.0, Look()), (6.0, Look(opened=True)), fps=fps, size_px=(320, 180))
    said = watched(DoorDetector(), frames)
    told = [Fact.LEAF_CHANGED in facts([observations]) for observations in said]
    assert 0.9 < told.index(True) / fps - 12.0 < 1.7
    assert all(told[told.index(True) :])
