"""Somebody vanishing into a leaf or appearing out of one, followed by their outline."""

import numpy as np

from tests.drawn import SEALED
from vigilanza.detect.passage import Passages
from vigilanza.detect.pose import Pose
from vigilanza.detect.track import Tracks
from vigilanza.domain.observation import Fact

FPS = 5.0
Box = tuple[float, float, float, float]
BEFORE_THE_DOOR: Box = (0.40, 0.35, 0.52, 0.97)
IN_THE_DOOR: Box = (0.43, 0.25, 0.53, 0.76)
FAR: Box = (0.02, 0.3, 0.12, 0.9)


def between(start: Box, end: Box, count: int) -> list[Box]:
    """A walk from one place to another."""
    steps = np.linspace(np.array(start), np.array(end), count).tolist()
    return [(left, top, right, bottom) for left, top, right, bottom in steps]


def told(*boxes: Box | None) -> list[set[Fact]]:
    """What is said of one person who is at these places, one after the other; None: nobody is seen."""
    passages, tracks, facts, size_px = Passages(SEALED), Tracks(), [], (320, 180)
    for number, box in enumerate(boxes):
        poses = [] if box is None else [Pose(0.5, np.zeros((17, 3), np.float32), box)]
        seen = tracks.follow(poses, at=number / FPS, size_px=size_px)
        said = passages.follow(seen, tracks.dismiss(number / FPS), at=number / FPS, size_px=size_px)
        assert {one.where for one in said} <= {SEALED.id}
        facts.append({one.kind for one in said})
    return facts


def follow(*boxes: Box | None) -> set[Fact]:
    """The same, all together."""
    return {fact for facts in told(*boxes) for fact in facts}


GONE = [None] * 15
GOES_IN = [
    *between(FAR, BEFORE_THE_DOOR, 12),
    *[BEFORE_THE_DOOR] * 5,
    *between(BEFORE_THE_DOOR, IN_THE_DOOR, 6),
    *[IN_THE_DOOR] * 3,
]


def test_who_vanishes_into_the_leaf_went_in() -> None:
    assert follow(*GOES_IN, *GONE) == {Fact.WENT_IN}


def test_who_appears_in_the_leaf_and_steps_out_came_out() -> None:
    assert follow(*GONE, *reversed(GOES_IN)) == {Fact.CAME_OUT}


def test_who_stands_before_the_door_and_leaves_went_nowhere() -> None:
    walk = between(FAR, BEFORE_THE_DOOR, 12)
    assert follow(*walk, *[BEFORE_THE_DOOR] * 10, *reversed(walk), *GONE) == set()


def test_who_is_missed_for_a_moment_did_not_go_in() -> None:
    assert follow(*GOES_IN, None, None, None, *GOES_IN[-3:], *[*reversed(GOES_IN)][3:]) == set()


def test_a_passage_is_told_for_a_while_and_not_for_ever() -> None:
    facts = told(*GOES_IN, *[None] * 40)
    assert sum(map(bool, facts)) >= FPS
    assert facts[-1] == set()
