"""Growth is told from noise."""

from random import Random

import pytest

from vigilanza.lab.bench.memory import growth
from vigilanza.lab.bench.slope import SURE, Slope


def test_a_line_has_its_slope() -> None:
    slope = Slope.of([(float(x), 3.0 + 0.5 * x) for x in range(200)])
    assert slope.per_unit == pytest.approx(0.5)
    assert slope.error == pytest.approx(0.0, abs=1e-9)


def test_noise_is_no_growth_and_growth_in_noise_is_found() -> None:
    random = Random(7)
    noise = [(float(x), random.gauss(100.0, 5.0)) for x in range(400)]
    flat = Slope.of(noise)
    assert abs(flat.per_unit) <= SURE * flat.error
    grown = Slope.of([(x, y + 0.1 * x) for x, y in noise])
    assert grown.per_unit > SURE * grown.error


def wandering(seed: int) -> list[tuple[float, float]]:
    """Goes up and down about a level, and comes back to it within some blocks."""
    random, level = Random(seed), 0.0
    series = []
    for x in range(400):
        level = 0.97 * level + random.gauss(0.0, 1.0)
        series.append((float(x), level))
    return series


def test_what_stays_up_or_down_for_a_while_is_seldom_called_growth_and_growth_in_it_is_found() -> None:
    slopes = [Slope.of(wandering(seed)) for seed in range(200)]
    assert sum(slope.per_unit > SURE * slope.error for slope in slopes) <= 30
    grown = [Slope.of([(x, y + 0.1 * x) for x, y in wandering(seed)]) for seed in range(200)]
    assert sum(slope.per_unit > SURE * slope.error for slope in grown) >= 180


def test_what_fills_at_first_does_not_count() -> None:
    filling = [(float(x), min(x, 50.0)) for x in range(400)]
    assert Slope.of(filling).per_unit == pytest.approx(0.0)


def test_growth_is_judged_by_noise_and_in_a_short_run_not_at_all() -> None:
    series = [(float(x), 1e6 + 5e3 * x) for x in range(100)]
    grown, end = growth("connections, per 1000", series, 1000.0, judged=True)
    assert [grown.value, end.value] == pytest.approx([5000.0, 1.495])
    assert grown.reached is False
    assert growth("connections, per 1000", series, 1000.0, judged=False)[0].reached is None


def test_too_few_points_have_no_slope() -> None:
    with pytest.raises(ValueError, match="too few"):
        Slope.of([(0.0, 1.0), (1.0, 1.0)])
