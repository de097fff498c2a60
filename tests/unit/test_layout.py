"""What protects less than before is noticed."""

import pytest

from vigilanza.domain.door import Polygon, Role
from vigilanza.domain.layout import DrawnDoor, Layout, weakened

LEAF: Polygon = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.5), (0.1, 0.5))
DOOR = DrawnDoor("12", Role.SEALED, LEAF)
MASK: Polygon = ((0.5, 0.5), (0.7, 0.5), (0.7, 0.9), (0.5, 0.9))
UPPER: Polygon = ((0.8, 0.1), (0.9, 0.1), (0.9, 0.2), (0.8, 0.2))
OLD = Layout((DOOR, DrawnDoor("13", Role.NEIGHBOUR, LEAF)), (MASK,))


def fields(new: Layout, old: Layout = OLD) -> list[str]:
    return [field for field, _ in weakened(old, new)]


def test_nothing_is_weaker_where_more_is_drawn() -> None:
    larger: Polygon = ((0.45, 0.45), (0.75, 0.45), (0.75, 0.95), (0.45, 0.95))
    assert fields(OLD) == []
    assert fields(Layout((DOOR, DrawnDoor("14", Role.SEALED, LEAF)), (larger, UPPER))) == []


def test_a_mask_over_a_sealed_door_is_weaker_from_a_quarter_of_the_leaf_on() -> None:
    part: Polygon = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.19), (0.1, 0.19))
    assert fields(Layout(OLD.doors, (MASK, part))) == []
    assert fields(Layout(OLD.doors, (MASK, part, LEAF))) == ["masks"]
    assert fields(Layout(OLD.doors, (MASK, LEAF)), Layout(OLD.doors, (MASK, LEAF))) == []
    assert fields(Layout((DrawnDoor("12", Role.SEALED, MASK),), (MASK,))) == ["masks"]


def test_two_masks_may_hide_what_one_did() -> None:
    upper: Polygon = ((0.5, 0.5), (0.7, 0.5), (0.7, 0.72), (0.5, 0.72))
    lower: Polygon = ((0.5, 0.7), (0.7, 0.7), (0.7, 0.9), (0.5, 0.9))
    assert fields(Layout(OLD.doors, (upper, lower))) == []
    assert fields(Layout(OLD.doors, (upper,))) == ["masks"]


@pytest.mark.parametrize(
    "masks",
    [
        (),
        (((0.5, 0.5), (0.7, 0.5), (0.7, 0.88), (0.5, 0.9)),),
        (((0.5, 0.5), (0.7, 0.5), (0.7, 0.9)),),
        (((0.502, 0.5), (0.7, 0.5), (0.7, 0.9), (0.502, 0.9)),),  # by a point: again and again all would be shown
    ],
)
def test_a_mask_that_goes_or_recedes_is_weaker(masks: tuple[Polygon, ...]) -> None:
    assert fields(Layout(OLD.doors, masks)) == ["masks"]


def test_a_mask_smaller_than_the_grid_is_not_overlooked() -> None:
    tiny: Polygon = ((0.4995, 0.4995), (0.5005, 0.4995), (0.5005, 0.5005), (0.4995, 0.5005))
    narrow: Polygon = ((0.1, 0.4995), (0.9, 0.4995), (0.9, 0.5005), (0.1, 0.5005))
    assert fields(Layout((), (MASK,)), Layout((), (MASK, tiny, narrow))) == ["masks", "masks"]
    assert fields(Layout((), (narrow, tiny)), Layout((), (tiny, narrow))) == []


def test_a_sealed_door_that_is_watched_no_longer_is_weaker() -> None:
    neighbour = DrawnDoor("12", Role.NEIGHBOUR, LEAF)
    assert fields(Layout(OLD.doors[1:], (MASK,))) == ["doors"]
    assert fields(Layout((neighbour,), (MASK,))) == ["doors[0].role"]
    assert fields(Layout((DOOR,), (MASK,))) == []
