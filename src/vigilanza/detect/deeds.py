"""What one person does at one sealed door, as far as the body shows it."""

from collections.abc import Sequence
from statistics import median

from vigilanza.detect.effort import WINDOW_S, strokes
from vigilanza.detect.place import Place
from vigilanza.detect.track import Sighting, Track
from vigilanza.domain.door import Door
from vigilanza.domain.observation import Fact, Observation

NEAR_FLOOR = 0.03
NEAR_LEAF = 0.03
"""How far outside its polygon, in leaf heights, a foot or a hand still counts: joints are found to about this."""
STRAIN_STROKES, STRAIN_STROKES_AT_WORK = 4, 3
"""To-and-fro strokes of the trunk within effort.WINDOW_S that are no accident: twice to and twice fro, one less if the
hands were at work on the leaf all the while."""
STRAIN_REACH = 0.08
"""A hand with a lever is this far from the leaf, in leaf heights (17 cm)."""
STRETCHED = 0.4
"""From the shoulder to the wrist of an arm at work, in heights of the person's own torso; folded arms take 0.3."""
SURE_SCORE = 0.3
"""Somebody found with less is seen so badly that joints jump: in dim light, far off, half hidden."""
AT_WORK_SHARE = 0.6
"""Part of the looks in which hands are found at work while they are: a body hides them now and then."""


def deeds(track: Track, door: Door, size_px: tuple[int, int]) -> list[Observation]:
    """PERSON_AT_DOOR, HAND_ON_LEAF, WORKS_ON_LEAF, CROUCHES_AT_LEAF and STRAINS_AT_LEAF as far as they are true now.

    `size_px` is (width, height) of the picture that the track was last seen in.
    """
    place, pose = Place.of(door, size_px), track.last.pose
    if not place.has(pose, NEAR_FLOOR):
        return []
    said = [Observation(Fact.PERSON_AT_DOOR, pose.score, door.id)]
    if place.is_touched(pose, NEAR_LEAF):
        said.append(Observation(Fact.HAND_ON_LEAF, pose.score, door.id, region=tuple(pose.hands())))
    if _works(track, track.last, place):
        said.append(Observation(Fact.WORKS_ON_LEAF, pose.score, door.id))
        if track.crouches(track.last):
            said.append(Observation(Fact.CROUCHES_AT_LEAF, pose.score, door.id))
    if pose.turned_to(door.leaf) or place.is_touched(pose, STRAIN_REACH):
        count = _strokes(track, place)
        if count:
            said.append(Observation(Fact.STRAINS_AT_LEAF, pose.score, door.id, count=count))
    return said


def _strokes(track: Track, place: Place) -> int:
    """To-and-fro strokes made at the door as far as they are no accident, else 0."""
    recent = [seen for seen in track.path if track.last.at - seen.at <= WINDOW_S and place.has_before_it(seen.pose)]
    upright = [seen for seen in recent if not track.crouches(seen)]
    count = strokes(upright)
    if count >= STRAIN_STROKES:
        return count
    if len(upright) < len(recent):  # who goes down to the floor goes down and up
        return 0
    count = strokes(_at_work(track, recent, place))
    return count if count >= STRAIN_STROKES_AT_WORK else 0


def _at_work(track: Track, path: Sequence[Sighting], place: Place) -> Sequence[Sighting]:
    """What `path` shows since the hands were first at work, if they mostly were and all is seen well; else nothing."""
    works = [_works(track, seen, place) for seen in path]
    since = path[works.index(True) :] if any(works) else ()
    surely = len(since) > 0 and median(seen.pose.score for seen in since) >= SURE_SCORE
    return since if surely and sum(works) >= AT_WORK_SHARE * len(since) else ()


def _works(track: Track, seen: Sighting, place: Place) -> bool:
    """True if somebody turned to the leaf, near enough to reach it, holds a raised hand to it.

    The arm is stretched, or the person crouches: with folded arms one mops, telephones or waits before a door.
    """
    if not seen.pose.turned_to(place.door.leaf) or not place.is_within_reach(seen.pose):
        return False
    least_px = 0.0 if track.crouches(seen) else STRETCHED * seen.torso_px
    return any(arm.raised and place.stretch_px(arm) >= least_px for arm in place.touching(seen.pose, NEAR_LEAF))
