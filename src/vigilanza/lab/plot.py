"""Small drawings for reports, as coordinates a template puts into SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560.0, 180.0
"""Of the area between the axes."""
_STEPS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0)
_MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of events found within a time: `points` is what an SVG polyline takes, y = 0 on top."""

    points: str
    ticks: tuple[Tick, ...]
    limit_x: float


def found_within(delays: Sequence[float], events: int, limit_s: float) -> Curve:
    """A staircase that ends at the recall: events never found never raise it. `limit_s` gets a mark of its own."""
    longest = max([*delays, limit_s]) * 1.05
    scale = WIDTH / longest
    places, height = [(0.0, HEIGHT)], HEIGHT
    for count, delay in enumerate(sorted(delays), start=1):
        places.append((delay * scale, height))
        height = HEIGHT * (1 - count / events)
        places.append((delay * scale, height))
    places.append((WIDTH, height))
    step = next((step for step in _STEPS_S if longest / step <= _MOST_TICKS), longest / _MOST_TICKS)
    ticks = [Tick(number * step * scale, f"{number * step:g}") for number in range(int(longest / step) + 1)]
    return Curve(" ".join(f"{x:.1f},{y:.1f}" for x, y in places), tuple(ticks), limit_s * scale)


@dataclass(frozen=True, slots=True)
class Bar:
    """Widths in pixels of what was found in time, late, and not at all; `false` is the number of false alarms."""

    in_time: float
    late: float
    missed: float


def bar(events: int, found: int, late: int, most: int, width: float = 260.0) -> Bar:
    """`most` events fill the width."""
    scale = width / max(1, most)
    return Bar((found - late) * scale, late * scale, (events - found) * scale)
