"""Cameras that are hit at once, and those that have too many alarms."""

from uuid import UUID

import pytest

from vigilanza.domain.together import STORM_MIN, WITHIN_S, hit_together, storms


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=number) for number in numbers]


@pytest.mark.parametrize(
    ("begun", "groups"),
    [
        ([], []),
        ([0.0, 5.0], []),
        ([0.0, 5.0, WITHIN_S], [(0, 1, 2)]),
        ([0.0, 5.0, WITHIN_S + 0.1], []),
        ([0.0, 20.0, 40.0, 49.0], [(1, 2, 3)]),
        ([0.0, 1.0, 2.0, 3600.0, 7200.0, 7201.0, 7202.0, 7203.0], [(0, 1, 2), (4, 5, 6, 7)]),
        ([0.0, 10.0, 20.0, 31.0, 35.0, 40.0], [(0, 1, 2), (3, 4, 5)]),
    ],
)
def test_three_within_half_a_minute_are_one_thing(begun: list[float], groups: list[tuple[int, ...]]) -> None:
    cameras = list(zip(ids(*range(len(begun))), begun, strict=True))
    expected = {one: ids(*group)[0] for group in groups for one in ids(*group)}
    assert hit_together(cameras) == expected
    assert hit_together(reversed(cameras)) == expected


def test_more_than_three_that_wait_at_one_camera_are_a_storm() -> None:
    few, many = ["a"] * (STORM_MIN - 1), ["b"] * STORM_MIN
    assert storms([]) == storms(few) == frozenset()
    assert storms([*few, *many]) == {"b"}
