"""How far a count can be trusted."""

import math
from collections.abc import Sequence

Z_95 = 1.959964
"""Quantile 0.975 of the standard normal distribution."""
_TAIL = 0.025
"""Two-sided 95 %: this much on either side."""


def wilson(found: int, wanted: int) -> tuple[float, float]:
    """Two-sided 95 % interval of the share found / wanted (Wilson 1927), within 0..1; (0, 1) if nothing was wanted."""
    if not wanted:
        return 0.0, 1.0
    share, weight = found / wanted, Z_95 * Z_95 / wanted
    centre = (share + weight / 2) / (1 + weight)
    half = Z_95 * math.sqrt(share * (1 - share) / wanted + weight / (4 * wanted)) / (1 + weight)
    return (0.0 if not found else centre - half), (1.0 if found == wanted else centre + half)


def poisson_bounds(count: int) -> tuple[float, float]:
    """Two-sided exact 95 % bounds of the mean of a Poisson count (Garwood 1936): 0 events give 0 .. 3.689."""
    low = 0.0 if count == 0 else _mean_where(count - 1, 1 - _TAIL)
    return low, _mean_where(count, _TAIL)


def _mean_where(count: int, probability: float) -> float:
    """The mean at which `count` events or fewer have this probability."""
    low, high = 0.0, count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _ in range(100):
        middle = (low + high) / 2
        if _at_most(count, middle) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    logs = (k * math.log(mean) - math.lgamma(k + 1) - mean for k in range(count + 1))
    return math.fsum(math.exp(value) for value in logs)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` (0..1) of all values do not exceed (nearest rank); None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def f_score(recall: float, precision: float, alpha: float) -> float:
    """(a + 1) R P / (R + a P), the score of i-LIDS: a -> 0 gives P, a -> infinity gives R; 0 if both are 0."""
    weighted = recall + alpha * precision
    return (alpha + 1) * recall * precision / weighted if weighted else 0.0
