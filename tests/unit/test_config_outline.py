"""Polygons: what people draw is taken, what crosses itself is not."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilanza.config.outline import check_polygon
from vigilanza.domain.door import Point, area


@given(st.integers(3, 40), st.floats(0.02, 0.4), st.floats(0, 6.28))
def test_rounds_are_taken_in_both_directions(corners: int, radius: float, turn: float) -> None:
    steps = [turn + index * math.tau / corners for index in range(corners)]
    ring = [(0.5 + radius * math.cos(angle), 0.5 + radius * math.sin(angle)) for angle in steps]
    check_polygon(ring)
    check_polygon(ring[::-1])


@given(st.permutations([(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]))
def test_a_square_is_taken_only_in_order(points: list[Point]) -> None:
    around = all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise([*points, points[0]]))
    if around:
        check_polygon(points)
        assert area(points) == pytest.approx(0.64)
    else:
        with pytest.raises(ValueError, match="crosses"):
            check_polygon(points)


@pytest.mark.parametrize(
    "points",
    [
        [(0.1, 0.1), (0.5, 0.5), (0.9, 0.9)],
        [(0.1, 0.1), (0.1, 0.1), (0.1, 0.1)],
        [(0.1, 0.1), (0.2, 0.2)],
        [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.1), (0.1, 0.9)],
        [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.0), (0.0, 0.5)],
    ],
)
def test_degenerate_polygons_are_refused(points: list[Point]) -> None:
    with pytest.raises(ValueError, match=r"area|crosses|at least 3"):
        check_polygon(points)


def test_a_concave_door_frame_is_taken() -> None:
    check_polygon([(0.1, 0.1), (0.5, 0.1), (0.5, 0.9), (0.4, 0.9), (0.4, 0.2), (0.2, 0.2), (0.2, 0.9), (0.1, 0.9)])
