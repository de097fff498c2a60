"""The floor before one door: whether somebody or something stands there, found or not.

An open leaf changes the leaf and not the floor; whoever stands before it hides part of both.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from vigilanza.detect.geometry import Flattening
from vigilanza.detect.texture import INFORMATIVE, Plane, Texture, count, share
from vigilanza.domain.door import Polygon
from vigilanza.domain.frame import Frame

WIDTH_PX, HEIGHT_PX = 96, 48
UNLIKE = 0.3
TAKEN_SHARE = 0.2
LEAST_CELLS = 12
"""A floor with fewer cells of structure (smooth concrete, darkness) says nothing."""
SMOOTH_S = 0.4
LOOK_S, COMPARE_S = 0.35, 1.5
"""Looked at and compared this often, and whenever it is asked."""
GAP_S = 2.0
TAKEN_MAX_S = 6.0
"""Somebody who is not found as a person is assumed no longer than this: what hides the leaf then must be looked at."""
PERSON_HOLD_S = 1.0
FORGIVE_S = 10.0
"""What stays on the floor for this long with the leaf sealed is a thing left there, and part of the floor from then."""


class FloorWatch:
    """Compares the floor with how it looked when the door was learned."""

    def __init__(self, floor: Polygon, size_px: tuple[int, int]) -> None:
        self._flattening = Flattening.of(floor, size_px, width_px=WIDTH_PX, height_px=HEIGHT_PX) if floor else None
        self._left_out: Frame | None = None
        """The last picture, unless it was looked at."""
        self._plane: Plane | None = None
        self._bare: Texture | None = None
        self._at = self._compared_at = -np.inf
        self._taken_since: float | None = None
        self._person_at = -np.inf

    def remember(self, frame: Frame, people: Sequence[Polygon]) -> None:
        """Take in a picture, with the outlines (0..1 of it) of the people who were found in it."""
        if self._flattening is None:
            return
        self._left_out = frame
        if self._flattening.fill(people, frame.size_px) is not None:
            self._person_at, self._taken_since = frame.at, None
        if not 0 <= frame.at - self._at < LOOK_S:
            self._look(self._flattening, frame)
        if not 0 <= frame.at - self._compared_at < COMPARE_S:
            self._compare(frame.at)

    def learn(self) -> None:
        """The floor is bare now."""
        self._catch_up()
        if self._plane is not None:
            self._bare = Texture.of(self._plane)

    def taken(self, at: float) -> bool:
        """True if somebody not found may stand there: the floor is not bare, for TAKEN_MAX_S at most.

        False while a found person stands there, whose outline says what is hidden, and for a floor without structure.
        """
        if at != self._compared_at:
            self._compare(at)
        return self._taken_since is not None and at - self._taken_since < TAKEN_MAX_S

    def forgive(self, at: float) -> None:
        """Call while the leaf is sealed: a thing that stays becomes part of the floor."""
        if at - self._person_at < FORGIVE_S:
            return
        if self._taken_since is not None and at - self._taken_since >= FORGIVE_S:
            self.learn()
            self._taken_since = None

    def _look(self, flattening: Flattening, frame: Frame) -> None:
        plane = flattening.flatten(frame.luma)
        if self._plane is None or not 0 <= frame.at - self._at < GAP_S:
            self._plane, self._at = plane.astype(np.float32), frame.at
        cv2.accumulateWeighted(plane, self._plane, 1.0 - math.exp((self._at - frame.at) / SMOOTH_S))
        self._at, self._left_out = frame.at, None

    def _catch_up(self) -> None:
        """Look at the last picture, if that was left out."""
        if self._flattening is not None and self._left_out is not None:
            self._look(self._flattening, self._left_out)

    def _compare(self, at: float) -> None:
        self._catch_up()
        self._compared_at = at
        if at - self._person_at < PERSON_HOLD_S or not self._differs():
            self._taken_since = None
        elif self._taken_since is None:
            self._taken_since = at

    def _differs(self) -> bool:
        if self._plane is None or self._bare is None:
            return False
        texture = Texture.of(self._plane)
        telling = np.maximum(self._bare.expected(texture), texture.energy) > INFORMATIVE
        if count(telling) < LEAST_CELLS:
            return False
        return share(self._bare.likeness(texture) < UNLIKE, telling) >= TAKEN_SHARE
