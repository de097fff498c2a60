"""One person before the drawn door who moves as a script says."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.drawn import BOTTOM, FPS, HEIGHT_PX, LEFT, RIGHT, TOP, WIDTH_PX, Look, facts, film, watched
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact

TORSO_PX = 110.0
MIDDLE_PX = (LEFT + RIGHT) / 2


@dataclass(frozen=True, slots=True)
class Posture:
    """How somebody stands, in torso heights: sideways from the middle of the door; bent forward; down on the heels.

    `folded` arms hold the hands before the chest; `off` is how far from the leaf the feet are, 0..1 of the floor drawn.
    """

    across: float = 0.0
    stoop: float = 0.0
    crouch: float = 0.0
    folded: bool = False
    off: float = 0.3


Way = Callable[[float], Posture]
"""Seconds → posture."""


class Actor:
    """Finds one person who moves as a script says."""

    def __init__(self, way: Way, *, facing: bool = True, aside_px: float = 0.0) -> None:
        self.way, self._facing, self._aside_px, self._began = way, facing, aside_px, 0.0

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        self._began = self._began or frame.at
        return [self._pose(self.way(frame.at - self._began))]

    def _pose(self, posture: Posture) -> Pose:
        side = 30.0 if self._facing else -30.0
        x = MIDDLE_PX + self._aside_px + posture.across * TORSO_PX
        shoulders = TOP + 110 + (posture.stoop + posture.crouch) * TORSO_PX
        hips, feet = TOP + 110 + (1 + posture.stoop / 2 + posture.crouch) * TORSO_PX, BOTTOM + 130 * posture.off
        places = {0: (x, shoulders - 50), 3: (x - 10, shoulders - 50), 4: (x + 10, shoulders - 50)}
        wrists = shoulders + (25 if posture.folded else 70)
        for left, y, spread in ((5, shoulders, 1.0), (7, shoulders + 60, 1.2), (9, wrists, 0.6)):
            places |= {left: (x - side * spread, y), left + 1: (x + side * spread, y)}
        for left, y in ((11, hips), (13, (hips + feet) / 2), (15, feet)):
            places |= {left: (x - side / 2, y), left + 1: (x + side / 2, y)}
        joints = np.zeros((17, 3), np.float32)
        for joint, (px, py) in places.items():
            joints[joint] = px / WIDTH_PX, py / HEIGHT_PX, 0.6
        box = ((x - 60) / WIDTH_PX, (shoulders - 80) / HEIGHT_PX, (x + 60) / WIDTH_PX, feet / HEIGHT_PX)
        return Pose(0.6, joints, box)


def told(actor: Actor, *, seconds: float = 8.0) -> set[Fact]:
    """What is told meanwhile; somebody moves in the drawing, too, so that people are looked for at all."""
    frames = film(
        (2.0, Look()), *((1 / FPS, moving(actor.way(number / FPS))) for number in range(round(seconds * FPS)))
    )
    return facts(watched(PeopleWatch(people=actor), frames))


def moving(posture: Posture) -> Look:
    """Somebody who is elsewhere in the drawing with every other posture."""
    return Look(person=round(0.48 + (posture.across + posture.stoop + posture.crouch) * TORSO_PX / WIDTH_PX, 3))
