"""Whether something grows: a straight line through a series, and how sure its slope is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

_BLOCKS = 20
"""Memory grows in steps, so that neighbouring values are alike: only means of long stretches count as independent."""
_ALIKE_AT_MOST = 0.9
"""Steps that last for several blocks make neighbouring blocks alike, too; a series of so few blocks tells no more."""
_WARM_UP = 0.25
"""Caches and pools fill at first: this part is left out."""
SURE = 2.0
"""Standard errors: a slope within so many may be nothing."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth of y per unit of x by least squares, and its standard error.

    Where what is left of a block tells something of the next one, there are fewer independent ones than blocks: the
    error is that of n (1 - r) / (1 + r) of them, r being the autocorrelation at lag 1 (Bartlett 1935, for AR(1)).
    """

    per_unit: float
    error: float

    @staticmethod
    def of(points: Sequence[tuple[float, float]]) -> "Slope":
        """Of (x, y) in order of x; ValueError for fewer than 3 blocks' worth of them."""
        settled = points[int(len(points) * _WARM_UP) :]
        size = max(1, len(settled) // _BLOCKS)
        blocks = [settled[start : start + size] for start in range(0, len(settled) - size + 1, size)]
        if len(blocks) < 3:
            raise ValueError(f"{len(points)} points are too few for a slope")
        xs, ys = ([fmean(point[axis] for point in block) for block in blocks] for axis in (0, 1))
        middle, level = fmean(xs), fmean(ys)
        spread = sum((x - middle) ** 2 for x in xs)
        slope = sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / spread
        left = [y - level - slope * (x - middle) for x, y in zip(xs, ys, strict=True)]
        variance = sum(one * one for one in left) / (len(blocks) - 2) / spread
        return Slope(slope, (variance * _widening(left)) ** 0.5)


def _widening(left: Sequence[float]) -> float:
    """By how much the variance grows because neighbours among `left` are alike; at least 1."""
    total = sum(one * one for one in left)
    alike = sum(one * other for one, other in pairwise(left)) / total if total > 0 else 0.0
    alike = min(max(alike, 0.0), _ALIKE_AT_MOST)
    return (1 + alike) / (1 - alike)
