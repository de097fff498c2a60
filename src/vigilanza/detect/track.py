"""People followed from look to look, each for the length of one visit and no longer."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.pose import (
    JOINT_SCORE,
    LEFT_ANKLE,
    LEFT_HIP,
    LEFT_SHOULDER,
    RIGHT_ANKLE,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    Pose,
)

GONE_S = 1.0
"""Not seen for this long: really gone, and not missed for a moment."""
SAME_PERSON = 0.6
"""A box whose centre moved less than this many of its heights may be the same person."""
SAME_PERSON_PER_S = 1.0
"""So many heights more for every second between two looks: who is seen seldom may have gone further."""
PATH_SIGHTINGS = 64
"""Sightings remembered of one person: more than six seconds at ten looks a second."""
BENT_LEGS = 1.15
"""Legs, in heights of the person's own torso, that look shorter than this are bent; upright they take 1.3 to 1.9."""
BENT_STATURE = 0.8
"""Part of the tallest stature seen of a person: who crouches has less. Alone it might be somebody who went further off,
as short legs alone might be a camera that looks down steeply."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at one person: `shoulders` is the middle of both, (2,) pixels; `at` picture time in seconds."""

    at: float
    pose: Pose
    shoulders: NDArray[np.float64]
    torso_px: float
    """From the shoulders to the hips."""
    legs_px: float
    """From the hips down to the ankles; infinite if these are not seen."""

    @property
    def stature_px(self) -> float:
        """From the shoulders down to the ankles; infinite if these are not seen."""
        return self.torso_px + self.legs_px


class Track:
    """One person during one visit. Equal only to itself; it has no number and is known by nothing but its place."""

    def __init__(self) -> None:
        self.path: deque[Sighting] = deque(maxlen=PATH_SIGHTINGS)
        self.sightings = 0
        self._tallest_px = 0.0

    @property
    def last(self) -> Sighting:
        """The newest sighting."""
        return self.path[-1]

    def extend(self, sighting: Sighting) -> None:
        """Seen again."""
        self.path.append(sighting)
        self.sightings += 1
        if np.isfinite(sighting.stature_px):
            self._tallest_px = max(self._tallest_px, sighting.stature_px)

    def crouches(self, sighting: Sighting) -> bool:
        """True if the person, who was seen upright before, is down on the heels or the knees there."""
        bent = sighting.legs_px < BENT_LEGS * sighting.torso_px
        return bent and sighting.stature_px < BENT_STATURE * self._tallest_px


class Tracks:
    """Everybody in one camera's picture: at most six at a time, as many as a look can find, and those just missed."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []

    def follow(self, poses: Sequence[Pose], *, at: float, size_px: tuple[int, int]) -> list[Track]:
        """Take in one look; the tracks that were seen in it. Each pose goes to one track, nearest pairs first."""
        size = np.asarray(size_px, np.float64)
        free = list(self._tracks)
        pairs = [(_distance(track, pose, at, size), i, track) for track in free for i, pose in enumerate(poses)]
        chosen: dict[int, Track] = {}
        for distance, index, track in sorted(pairs, key=lambda pair: pair[:2]):
            if distance < 1.0 and index not in chosen and track in free:
                chosen[index] = track
                free.remove(track)
        for index, pose in enumerate(poses):
            track = chosen.get(index) or self._begin()
            chosen[index] = track
            track.extend(_sighting(pose, at, size))
        return [chosen[index] for index in range(len(poses))]

    def dismiss(self, at: float) -> list[Track]:
        """Forget and return those who have not been seen for GONE_S."""
        gone = [track for track in self._tracks if at - track.last.at > GONE_S]
        self._tracks = [track for track in self._tracks if track not in gone]
        return gone

    def _begin(self) -> Track:
        self._tracks.append(Track())
        return self._tracks[-1]


def _sighting(pose: Pose, at: float, size: NDArray[np.float64]) -> Sighting:
    shoulders = pose.joints[[LEFT_SHOULDER, RIGHT_SHOULDER], :2].mean(axis=0) * size
    hips = pose.joints[[LEFT_HIP, RIGHT_HIP], :2].mean(axis=0) * size
    ankles = [joint[:2] * size for joint in pose.joints[[LEFT_ANKLE, RIGHT_ANKLE]] if joint[2] > JOINT_SCORE]
    legs_px = float(np.mean(ankles, axis=0)[1] - hips[1]) if ankles else np.inf
    return Sighting(at, pose, shoulders, float(np.hypot(*(shoulders - hips))), legs_px)


def _distance(track: Track, pose: Pose, at: float, size: NDArray[np.float64]) -> float:
    """How far the person would have gone, 1.0 being the furthest that is believed."""
    boxes = np.array([track.last.pose.box, pose.box], np.float64) * np.tile(size, 2)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    height = max(1.0, float(boxes[1, 3] - boxes[1, 1]))
    reach = SAME_PERSON + SAME_PERSON_PER_S * max(0.0, at - track.last.at - 0.2)
    return float(np.linalg.norm(centres[0] - centres[1])) / height / reach
