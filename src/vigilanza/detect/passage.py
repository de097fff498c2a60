"""Somebody vanishing into a leaf, or appearing out of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vigilanza.detect.geometry import to_pixels
from vigilanza.detect.track import Track
from vigilanza.domain.door import Door
from vigilanza.domain.observation import Fact, Observation

TELL_S = 2.0
"""A passage stays a fact for this long."""
LEAST_SIGHTINGS = 3
WITHIN, PARTLY, OUTSIDE = 0.7, 0.5, 0.3
"""Part of a body inside the leaf, 0..1."""


@dataclass(slots=True)
class Way:
    """How one person moved across the leaf: the part of the body within it, 0..1, first and last."""

    first: float
    last: float


class Passages:
    """Watches the people followed round one door for somebody who goes through it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._ways: dict[Track, Way] = {}
        self._went_in_at = self._came_out_at = -np.inf

    def follow(
        self, seen: Sequence[Track], gone: Sequence[Track], *, at: float, size_px: tuple[int, int]
    ) -> list[Observation]:
        """WENT_IN and CAME_OUT as far as they happened within the last TELL_S; `seen` in this look, `gone` since."""
        for track in seen:
            self._extend(track, size_px, at)
        for track in gone:
            way = self._ways.pop(track, None)
            if way and way.last > WITHIN and way.first < PARTLY and track.sightings >= LEAST_SIGHTINGS:
                self._went_in_at = at
        said = []
        for fact, happened in ((Fact.WENT_IN, self._went_in_at), (Fact.CAME_OUT, self._came_out_at)):
            if at - happened < TELL_S:
                said.append(Observation(fact, 1.0, self._door.id))
        return said

    def _extend(self, track: Track, size_px: tuple[int, int], at: float) -> None:
        inside = self._inside(track.last.pose.box, size_px)
        way = self._ways.setdefault(track, Way(inside, inside))
        if way.first > WITHIN and inside < OUTSIDE and track.sightings > LEAST_SIGHTINGS:
            self._came_out_at = at
            way.first = inside
        way.last = inside

    def _inside(self, box: tuple[float, float, float, float], size_px: tuple[int, int]) -> float:
        left, top, right, bottom = np.array(box) * np.tile(size_px, 2)
        person = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        area, _ = cv2.intersectConvexConvex(cv2.convexHull(to_pixels(self._door.leaf, size_px)), person)
        return float(area) / max(1.0, float((right - left) * (bottom - top)))
