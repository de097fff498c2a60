"""Where somebody stands before a sealed door, and what the hands can reach from there."""

from dataclasses import replace

import numpy as np
import pytest

from tests.drawn import BOTTOM, FLOOR, HEIGHT_PX, LEFT, RIGHT, SEALED, WIDTH_PX, in_picture
from vigilanza.detect.place import Place
from vigilanza.detect.pose import LEFT_ANKLE, RIGHT_ANKLE, Pose
from vigilanza.domain.door import Door

SIZE_PX = (640, 360)
CUT_OFF = in_picture((LEFT - 40, BOTTOM), (RIGHT + 40, BOTTOM), (RIGHT + 90, HEIGHT_PX), (LEFT - 90, HEIGHT_PX))

POINTED = in_picture((LEFT - 40, BOTTOM), ((LEFT + RIGHT) / 2, BOTTOM), (RIGHT + 40, BOTTOM), ((LEFT + RIGHT) / 2, 719))
"""Four corners, three of them in one line."""


def standing(y_px: float, *, feet_seen: bool = True) -> Pose:
    """Somebody before the middle of the drawn door whose feet are `y_px` down in the drawing."""
    joints = np.zeros((17, 3), np.float32)
    for ankle, aside in ((LEFT_ANKLE, -12), (RIGHT_ANKLE, 12)):
        joints[ankle] = (LEFT + RIGHT + aside) / 2 / WIDTH_PX, y_px / HEIGHT_PX, 0.6 if feet_seen else 0.0
    return Pose(0.6, joints, (0.4, 0.3, 0.55, y_px / HEIGHT_PX))


@pytest.mark.parametrize(("y_px", "within"), [(BOTTOM + 10, True), (BOTTOM + 60, True), (690, False)])
def test_whoever_stands_far_out_on_the_floor_cannot_reach_the_leaf(y_px: float, within: bool) -> None:
    assert Place.of(SEALED, SIZE_PX).has(standing(y_px), 0.0)
    assert Place.of(SEALED, SIZE_PX).is_within_reach(standing(y_px)) is within


@pytest.mark.parametrize("turn", range(4))
def test_the_corner_that_a_floor_is_drawn_from_does_not_matter(turn: int) -> None:
    door = replace(SEALED, floor=(*FLOOR[turn:], *FLOOR[:turn]))
    assert not Place.of(door, SIZE_PX).is_within_reach(standing(690))
    assert Place.of(door, SIZE_PX).is_within_reach(standing(BOTTOM + 30))


@pytest.mark.parametrize(
    ("door", "feet_seen"),
    [
        (replace(SEALED, floor=CUT_OFF), True),
        (replace(SEALED, floor=()), True),
        (replace(SEALED, floor=POINTED), True),
        (SEALED, False),
    ],
)
def test_what_is_not_known_excludes_nobody(door: Door, feet_seen: bool) -> None:
    """A floor cut off by the picture's edge, or drawn as a triangle, may be of any depth; feet may be hidden."""
    assert Place.of(door, SIZE_PX).is_within_reach(standing(690, feet_seen=feet_seen))
