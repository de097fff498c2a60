"""What one person does at one sealed door, as far as the body shows it."""

from dataclasses import dataclass

import numpy as np

from vigilanza.detect.effort import WINDOW_S, strokes
from vigilanza.detect.geometry import depth_inside, to_pixels
from vigilanza.detect.pose import Pose
from vigilanza.detect.track import Track
from vigilanza.domain.door import Door
from vigilanza.domain.observation import Fact, Observation

NEAR_FLOOR = 0.03
NEAR_LEAF = 0.03
"""How far outside its polygon, in leaf heights, a foot or a hand still counts: joints are found to about this."""
STRAIN_STROKES, STRAIN_STROKES_AT_WORK = 4, 3
"""To-and-fro strokes of the trunk within effort.WINDOW_S that are no accident: twice to and twice fro, one less if the
hands were at work on the leaf all the while."""
STEP_BACK = 0.15
"""Who throws a shoulder against a door steps back this much further from its floor, in leaf heights (30 cm)."""
STRAIN_REACH = 0.08
"""A hand with a lever is this far from the leaf, in leaf heights (17 cm)."""
SURE_SCORE = 0.3
"""Somebody found with less is seen so badly that joints jump: in dim light, far off, half hidden."""
AT_WORK_S, AT_WORK_SHARE = 1.5, 0.6
"""Part of the looks in which hands are found at work while they are: a body hides them now and then."""


def deeds(track: Track, door: Door, size_px: tuple[int, int]) -> list[Observation]:
    """PERSON_AT_DOOR, HAND_ON_LEAF, WORKS_ON_LEAF, CROUCHES_AT_LEAF and STRAINS_AT_LEAF as far as they are true now.

    `size_px` is (width, height) of the picture that the track was last seen in.
    """
    place, pose = _Place(door, size_px), track.last.pose
    if not place.has(pose, NEAR_FLOOR):
        return []
    said = [Observation(Fact.PERSON_AT_DOOR, pose.score, door.id)]
    if place.reached_by(pose, NEAR_LEAF):
        said.append(Observation(Fact.HAND_ON_LEAF, pose.score, door.id, region=tuple(pose.hands())))
    if place.worked_on_by(pose):
        said.append(Observation(Fact.WORKS_ON_LEAF, pose.score, door.id))
        if track.crouches(track.last):
            said.append(Observation(Fact.CROUCHES_AT_LEAF, pose.score, door.id))
    if pose.turned_to(door.leaf) or place.reached_by(pose, STRAIN_REACH):
        count, needed = _strokes(track, place)
        if count >= needed:
            said.append(Observation(Fact.STRAINS_AT_LEAF, pose.score, door.id, count=count))
    return said


def _strokes(track: Track, place: "_Place") -> tuple[int, int]:
    """Strokes made upright at the door, and how many are no accident; who bends to the floor goes down and up too."""
    recent = [seen for seen in track.path if track.last.at - seen.at <= WINDOW_S]
    standing = [seen for seen in recent if place.has(seen.pose, STEP_BACK)]
    upright = [seen for seen in standing if not track.crouches(seen)]
    latest = [seen.pose for seen in recent if track.last.at - seen.at <= AT_WORK_S]
    sure = float(np.median([pose.score for pose in latest])) >= SURE_SCORE
    at_work = sure and sum(map(place.worked_on_by, latest)) >= AT_WORK_SHARE * len(latest)
    return strokes(upright), STRAIN_STROKES_AT_WORK if at_work and len(upright) == len(standing) else STRAIN_STROKES


@dataclass(frozen=True, slots=True)
class _Place:
    """A sealed door and the floor before it, in a picture of `size_px` (width, height)."""

    door: Door
    size_px: tuple[int, int]

    @property
    def leaf_height_px(self) -> float:
        return float(np.ptp(to_pixels(self.door.leaf, self.size_px)[:, 1]))

    def has(self, pose: Pose, beside: float) -> bool:
        """True if the feet are on the door's floor, or up to `beside` leaf heights next to it."""
        feet = pose.feet() if self.door.floor else []
        stands = max((depth_inside(self.door.floor, foot, self.size_px) for foot in feet), default=None)
        if stands is not None:
            return stands > -beside * self.leaf_height_px
        # Feet hidden by a railing or the picture's edge: the middle of the body decides.
        left, top, right, bottom = pose.box
        return depth_inside(self.door.leaf, ((left + right) / 2, (top + bottom) / 2), self.size_px) > 0

    def reached_by(self, pose: Pose, beyond: float, *, raised: bool = False) -> bool:
        """True if a hand (`raised`: above the hips) is on the leaf, or up to `beyond` leaf heights next to it."""
        depths = (depth_inside(self.door.leaf, hand, self.size_px) for hand in pose.hands(raised=raised))
        return any(depth > -beyond * self.leaf_height_px for depth in depths)

    def worked_on_by(self, pose: Pose) -> bool:
        """True if somebody turned to the leaf has a raised hand on it."""
        return pose.turned_to(self.door.leaf) and self.reached_by(pose, NEAR_LEAF, raised=True)
