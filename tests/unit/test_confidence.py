"""Intervals as published."""

import pytest

from vigilanza.domain.confidence import f_score, percentile, poisson_bounds, wilson


@pytest.mark.parametrize(
    ("found", "wanted", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_in_newcombes_table_of_1998(found: int, wanted: int, low: float, high: float) -> None:
    assert wilson(found, wanted) == pytest.approx((low, high), abs=5e-5)
    assert wilson(wanted - found, wanted) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_nothing_wanted_says_nothing_about_the_share() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_poisson_bounds_are_garwoods_two_sided_ones(count: int, low: float, high: float) -> None:
    assert poisson_bounds(count) == pytest.approx((low, high), abs=1e-3)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 10.0), (0.95, 19.0), (0.96, 20.0), (1.0, 20.0)])
def test_percentiles_are_values_that_were_measured(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(20, 0, -1)], share) == value


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.95) is None


def test_the_bias_of_f1_leads_from_precision_to_recall() -> None:
    recall, precision = 0.9, 0.5
    assert f_score(recall, precision, 0.0) == pytest.approx(precision)
    assert f_score(recall, precision, 1.0) == pytest.approx(2 * 0.45 / 1.4)
    assert f_score(recall, precision, 0.65) == pytest.approx(1.65 * 0.45 / (0.9 + 0.65 * 0.5))
    assert f_score(recall, precision, 1e9) == pytest.approx(recall)
    assert f_score(0.0, 0.0, 0.65) == 0.0
