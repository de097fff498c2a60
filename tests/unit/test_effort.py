"""Force is told from other things people do at a door by how the trunk moves."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from vigilanza.detect.effort import WINDOW_S, strokes
from vigilanza.detect.pose import Pose
from vigilanza.detect.track import Sighting

TORSO_PX = 36.0
NOBODY = Pose(0.5, np.zeros((17, 3), np.float32), (0.4, 0.2, 0.5, 0.9))
Way = Callable[[float], tuple[float, float]]
"""Seconds → place of the shoulders in torso heights."""


def counted(way: Way, *, seconds: float = 6.0, fps: float = 5.0, trembling: float = 0.04) -> int:
    """Strokes at the end of such a movement, seen with the trembling of a pose network's joints."""
    noise = np.random.default_rng(7).uniform(-trembling, trembling, (round(seconds * fps), 2))
    path = [
        Sighting(index / fps, NOBODY, (np.array(way(index / fps)) + noise[index]) * TORSO_PX, TORSO_PX, np.inf)
        for index in range(len(noise))
    ]
    return strokes(path)


def swinging(across: float, down: float, period_s: float) -> Way:
    def way(t: float) -> tuple[float, float]:
        swing = 0.5 - 0.5 * math.cos(2 * math.pi * t / period_s)
        return 1.0 + across * swing, 0.4 + down * swing

    return way


@pytest.mark.parametrize("fps", [2.0, 5.0, 10.0])
@pytest.mark.parametrize(
    "way",
    [swinging(0.1, 0.3, 1.3), swinging(0.8, 0.5, 2.0), swinging(0.3, 0.04, 1.2)],
    ids=["levering", "shoulder against the door", "kicking"],
)
def test_to_and_fro_in_one_place_is_force_at_any_rate(way: Way, fps: float) -> None:
    assert counted(way, fps=fps) >= 4


@pytest.mark.parametrize(
    "way",
    [
        lambda t: (1.0, 0.4),
        lambda t: (1.0, 0.4 + (1.0 if t % 2.0 < 1.0 else 0.0)),
        lambda t: (1.5 * t, 0.4 + 0.04 * math.sin(12 * t)),
        lambda t: (1.0 + 2.0 * math.sin(t), 0.4),
        swinging(0.14, 0.03, 1.3),
    ],
    ids=["waiting", "crouching again and again", "walking past", "pacing up and down", "wiping the floor"],
)
def test_other_movements_are_none(way: Way) -> None:
    assert counted(way) < 4


def test_force_is_forgotten_soon_after_it_ends() -> None:
    def stopping(t: float) -> tuple[float, float]:
        return swinging(0.0, 0.35, 1.2)(t) if t < 6.0 else (1.0, 0.4)

    assert counted(stopping, seconds=6.0) >= 4
    assert counted(stopping, seconds=6.0 + WINDOW_S) == 0
