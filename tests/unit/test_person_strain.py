"""Straining is told of somebody at the sealed door who turns to it or has a hand near it, and of nobody else."""

import math
from collections.abc import Callable

import numpy as np

from tests.drawn import BOTTOM, HEIGHT_PX, LEFT, RIGHT, TOP, WIDTH_PX, Look, facts, film, watched
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact

TORSO_PX = 110.0
MIDDLE_PX = (LEFT + RIGHT) / 2
Way = Callable[[float], tuple[float, float]]
"""Seconds → (sideways from the middle of the door, stooping), both in torso heights."""


class Actor:
    """Finds one person who moves as a script says."""

    def __init__(self, way: Way, *, facing: bool = True, aside_px: float = 0.0) -> None:
        self._way, self._facing, self._aside_px, self._began = way, facing, aside_px, 0.0

    def find(self, frame: Frame, window: Window) -> list[Pose]:
        self._began = self._began or frame.at
        across, down = self._way(frame.at - self._began)
        return [self._pose(MIDDLE_PX + self._aside_px + across * TORSO_PX, down * TORSO_PX)]

    def _pose(self, x: float, stoop: float) -> Pose:
        side = 30.0 if self._facing else -30.0
        shoulders, hips, feet = TOP + 110 + stoop, TOP + 110 + TORSO_PX + stoop / 2, float(BOTTOM + 40)
        places = {0: (x, shoulders - 50), 3: (x - 10, shoulders - 50), 4: (x + 10, shoulders - 50)}
        for left, y, spread in ((5, shoulders, 1.0), (7, shoulders + 60, 1.2), (9, shoulders + 70, 0.6)):
            places |= {left: (x - side * spread, y), left + 1: (x + side * spread, y)}
        for left, y in ((11, hips), (13, (hips + feet) / 2), (15, feet)):
            places |= {left: (x - side / 2, y), left + 1: (x + side / 2, y)}
        joints = np.zeros((17, 3), np.float32)
        for joint, (px, py) in places.items():
            joints[joint] = px / WIDTH_PX, py / HEIGHT_PX, 0.6
        box = ((x - 60) / WIDTH_PX, (shoulders - 80) / HEIGHT_PX, (x + 60) / WIDTH_PX, feet / HEIGHT_PX)
        return Pose(0.6, joints, box)


def levering(t: float) -> tuple[float, float]:
    swing = 0.5 - 0.5 * math.cos(2 * math.pi * t / 1.3)
    return 0.1 * swing, 0.35 * swing


def told(actor: Actor) -> set[Fact]:
    """What is told within eight seconds; somebody comes into the drawing so that people are looked for at all."""
    frames = film((2.0, Look()), (8.0, Look(person=0.48)), size_px=(640, 360))
    return facts(watched(PeopleWatch(people=actor), frames))


def test_somebody_who_levers_at_the_sealed_door_strains() -> None:
    assert Fact.STRAINS_AT_LEAF in told(Actor(levering))


def test_somebody_who_stands_there_does_not() -> None:
    said = told(Actor(lambda t: (0.0, 0.0)))
    assert Fact.PERSON_AT_DOOR in said
    assert Fact.STRAINS_AT_LEAF not in said


def test_somebody_who_does_the_same_beside_the_door_does_not() -> None:
    assert Fact.STRAINS_AT_LEAF not in told(Actor(levering, aside_px=320.0))


def test_steps_on_the_way_to_the_door_are_not_counted() -> None:
    def arriving(t: float) -> tuple[float, float]:
        """Hesitates, to and fro, two metres off; then goes to the door and looks at the lock."""
        if t < 2.4:
            return 2.6 + 0.4 * (math.floor(t / 0.4) % 2), 0.0
        return max(0.0, 2.6 - 2.0 * (t - 2.4)), 0.3 if t > 4.2 else 0.0

    assert Fact.STRAINS_AT_LEAF not in told(Actor(arriving))
