"""Somebody vanishing into a leaf, or appearing out of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import to_pixels
from vigilanza.detect.pose import Pose
from vigilanza.domain.door import Door
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

GONE_S = 1.0
"""Not seen for this long: really gone, and not missed for a moment."""
TELL_S = 2.0
"""A passage stays a fact for this long."""
SAME_PERSON = 0.6
"""A box whose centre moved less than this many of its heights is the same person."""


@dataclass(slots=True, eq=False)
class Track:
    """One person as far as followed; `inside` is the part of the body within the leaf, 0..1, first and last."""

    centre: NDArray[np.float64]
    height: float
    first_at: float
    last_at: float
    first_inside: float
    last_inside: float
    sightings: int = 1


class Passages:
    """Follows people at one door just far enough to see them go through it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._tracks: list[Track] = []
        self._went_in_at = self._came_out_at = -np.inf

    def follow(self, poses: Sequence[Pose], frame: Frame, *, looked: bool) -> list[Observation]:
        """WENT_IN and CAME_OUT as far as they happened within the last TELL_S."""
        if looked:
            for pose in poses:
                self._match(pose, frame)
        for track in [track for track in self._tracks if frame.at - track.last_at > GONE_S]:
            self._tracks.remove(track)
            if track.last_inside > 0.7 and track.sightings >= 3 and track.first_inside < 0.5:
                self._went_in_at = frame.at
        said = []
        for fact, at in ((Fact.WENT_IN, self._went_in_at), (Fact.CAME_OUT, self._came_out_at)):
            if frame.at - at < TELL_S:
                said.append(Observation(fact, 1.0, self._door.id))
        return said

    def _match(self, pose: Pose, frame: Frame) -> None:
        left, top, right, bottom = np.array(pose.box) * np.tile(frame.size_px, 2)
        centre, height = np.array([(left + right) / 2, (top + bottom) / 2]), float(bottom - top)
        inside = self._inside((left, top, right, bottom), frame.size_px)
        near = [track for track in self._tracks if np.linalg.norm(track.centre - centre) < SAME_PERSON * height]
        if not near:
            self._tracks.append(Track(centre, height, frame.at, frame.at, inside, inside))
            return
        track = min(near, key=lambda track: float(np.linalg.norm(track.centre - centre)))
        if track.first_inside > 0.7 and inside < 0.3 and track.sightings >= 3:
            self._came_out_at = frame.at
            track.first_inside = inside
        track.centre, track.height, track.last_at, track.last_inside = centre, height, frame.at, inside
        track.sightings += 1

    def _inside(self, box: tuple[float, float, float, float], size_px: tuple[int, int]) -> float:
        left, top, right, bottom = box
        person = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        area, _ = cv2.intersectConvexConvex(cv2.convexHull(to_pixels(self._door.leaf, size_px)), person)
        return float(area) / max(1.0, (right - left) * (bottom - top))
