"""People at the sealed doors, and what their hands do; looked for only where the gate saw something."""

from collections.abc import Sequence

import numpy as np

from vigilanza.detect.detector import Context
from vigilanza.detect.effort import strokes
from vigilanza.detect.geometry import depth_inside, to_pixels
from vigilanza.detect.passage import Passages
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pose import Pose
from vigilanza.detect.track import Track, Tracks
from vigilanza.detect.window import Window
from vigilanza.domain.door import Door
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

LOOKS_HZ = 5.0
"""Enough for hands; in between, the last answer stands. Looks fall into fifths of a second, whatever the rate."""
AWAKE_S = 3.0
WAKE_SHARE = 0.004
"""Changed share of the surroundings of a door above which people are looked for."""
NEAR_FLOOR = 0.03
NEAR_LEAF = 0.03
"""How far outside its polygon, in leaf heights, a foot or a hand still counts: joints are found to about this."""
STRAIN_STROKES = 4
"""To-and-fro strokes of the trunk within effort.WINDOW_S that are no accident: twice to and twice fro."""
STEP_BACK = 0.15
"""Who throws a shoulder against a door steps back this much further from its floor, in leaf heights (30 cm)."""
STRAIN_REACH = 0.08
"""A hand with a lever is this far from the leaf, in leaf heights (17 cm)."""


class PeopleWatch:
    """A Detector: people round the sealed doors of one camera. Who finds them may be shared between cameras."""

    def __init__(self, *, people: PersonDetector) -> None:
        self._people = people
        self._awake_until = -np.inf
        self._looked_at = -np.inf
        self._turn = -1
        self._poses: list[Pose] = []
        self._tracks = Tracks()
        self._told: dict[str, list[Observation]] = {}
        self._passages: dict[str, Passages] = {}

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """PERSON for each one; PERSON_AT_DOOR, HAND_ON_LEAF, WORKS_ON_LEAF, WENT_IN, CAME_OUT for each sealed door."""
        if not context.sealed:
            return []
        surroundings = _surroundings(context.sealed, frame.size_px)
        left, top, right, bottom = (np.array(surroundings) / np.tile(frame.size_px, 2)).tolist()
        around = ((left, top), (right, top), (right, bottom), (left, bottom))
        if context.activity.share(around) > WAKE_SHARE:
            self._awake_until = frame.at + AWAKE_S
        if frame.at > self._awake_until:
            self._poses = []
        elif int(frame.at * LOOKS_HZ + 1e-3) != self._turn:
            self._look(frame, surroundings)
        return self._report(frame, context)

    def _look(self, frame: Frame, window: Window) -> None:
        self._poses = self._people.find(frame, window)
        self._looked_at, self._turn = frame.at, int(frame.at * LOOKS_HZ + 1e-3)
        if self._poses:
            self._awake_until = frame.at + AWAKE_S

    def _report(self, frame: Frame, context: Context) -> list[Observation]:
        width, height = frame.size_px
        seen: list[Track] = []
        if self._looked_at == frame.at:
            seen = self._tracks.follow(self._poses, at=frame.at, size_px=frame.size_px)
        gone = self._tracks.dismiss(frame.at)
        said = [Observation(Fact.PERSON, pose.score, region=pose.outline(width / height)) for pose in self._poses]
        for door in context.sealed:
            if seen or not self._poses:
                self._told[door.id] = [fact for track in seen for fact in _at_door(track, door, frame.size_px)]
            passages = self._passages.setdefault(door.id, Passages(door))
            said += self._told[door.id]
            said += passages.follow(seen, gone, at=frame.at, size_px=frame.size_px)
        return said


def _at_door(track: Track, door: Door, size_px: tuple[int, int]) -> list[Observation]:
    pose = track.last.pose
    leaf_height_px = float(np.ptp(to_pixels(door.leaf, size_px)[:, 1]))
    if not _stands_before(pose, door, size_px, NEAR_FLOOR):
        return []

    def reaches(raised: bool, beyond: float) -> bool:
        hands = pose.hands(raised=raised)
        return any(depth_inside(door.leaf, hand, size_px) > -beyond * leaf_height_px for hand in hands)

    facing = pose.turned_to(door.leaf)
    said = [Observation(Fact.PERSON_AT_DOOR, pose.score, door.id)]
    if reaches(False, NEAR_LEAF):
        said.append(Observation(Fact.HAND_ON_LEAF, pose.score, door.id, region=tuple(pose.hands())))
    if facing and reaches(True, NEAR_LEAF):
        said.append(Observation(Fact.WORKS_ON_LEAF, pose.score, door.id))
    if facing or reaches(False, STRAIN_REACH):
        count = strokes([seen for seen in track.path if _stands_before(seen.pose, door, size_px, STEP_BACK)])
        if count >= STRAIN_STROKES:
            said.append(Observation(Fact.STRAINS_AT_LEAF, pose.score, door.id, count=count))
    return said


def _stands_before(pose: Pose, door: Door, size_px: tuple[int, int], beside: float) -> bool:
    """True if the feet are on the door's floor, or up to `beside` leaf heights next to it."""
    feet = pose.feet() if door.floor else []
    stands = max((depth_inside(door.floor, foot, size_px) for foot in feet), default=None)
    if stands is not None:
        return stands > -beside * float(np.ptp(to_pixels(door.leaf, size_px)[:, 1]))
    # Feet hidden by a railing or the picture's edge: the middle of the body decides.
    left, top, right, bottom = pose.box
    return depth_inside(door.leaf, ((left + right) / 2, (top + bottom) / 2), size_px) > 0


def _surroundings(doors: Sequence[Door], size_px: tuple[int, int]) -> Window:
    """The window, shaped like the network's input, that shows the doors and somebody coming or going."""
    width, height = size_px
    leaves = np.concatenate([to_pixels(door.leaf, size_px) for door in doors])
    points = np.concatenate([leaves, *(to_pixels(door.floor, size_px) for door in doors)])
    low, high = points.min(axis=0), points.max(axis=0)
    leaf_height = float(max(np.ptp(to_pixels(door.leaf, size_px)[:, 1]) for door in doors))
    tall = max(1.35 * float(high[1] - low[1]), 1.5 * leaf_height)
    wide = max(1.75 * tall, 1.5 * float(high[0] - low[0]) + leaf_height)
    tall = max(tall, wide / 1.75)
    if tall >= height or wide >= width:
        return 0, 0, width, height
    left = min(max(float(low[0] + high[0]) / 2 - wide / 2, 0.0), width - wide)
    top = min(max(float(low[1] + high[1]) / 2 - tall / 2, 0.0), height - tall)
    return int(left), int(top), int(left + wide), int(top + tall)
