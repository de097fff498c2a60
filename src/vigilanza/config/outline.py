"""Is this list of points a polygon?"""

from collections.abc import Iterator, Sequence

from vigilanza.domain.door import Point, area

SMALLEST_AREA = 1e-5
"""Of the picture: about 2 px of a 640x360 picture. Anything smaller is a slip of the hand."""


def check_polygon(points: Sequence[Point]) -> None:
    """ValueError names the edges that cross (edge 1 goes from point 1 to point 2) or the lack of area."""
    if len(points) < 3:
        raise ValueError(f"a polygon has at least 3 points, not {len(points)}")
    for first, second in _crossings(points):
        raise ValueError(
            f"edge {_edge(first, len(points))} crosses edge {_edge(second, len(points))}: "
            "give the corners in order around the outline"
        )
    if area(points) < SMALLEST_AREA:
        raise ValueError("the polygon has no area: its points lie on one line or on one spot")


def _edge(index: int, count: int) -> str:
    return f"{index + 1} (point {index + 1} to {(index + 1) % count + 1})"


def _crossings(points: Sequence[Point]) -> Iterator[tuple[int, int]]:
    count = len(points)
    for first in range(count):
        for second in range(first + 2, count):
            if (second + 1) % count == first:
                continue  # neighbours share a corner
            if _touch(points[first], points[first + 1], points[second], points[(second + 1) % count]):
                yield first, second


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    return any(
        turn == 0 and _within(*segment, point)
        for turn, segment, point in zip(turns, ((a, b), (a, b), (c, d), (c, d)), (c, d, a, b), strict=True)
    )


def _turn(a: Point, b: Point, c: Point) -> int:
    """1 left, -1 right, 0 straight on."""
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _within(a: Point, b: Point, c: Point) -> bool:
    """Whether c, known to be on the line through a and b, lies between them."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
