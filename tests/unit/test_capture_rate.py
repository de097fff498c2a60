import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilanza.capture.rate import RateSelector


def taken(times: list[float], rate_hz: float) -> list[float]:
    selector = RateSelector(rate_hz=rate_hz)
    return [at for at in times if selector.takes(at)]


@pytest.mark.parametrize(("source", "rate", "step"), [(10, 5, 2), (15, 5, 3), (25, 5, 5), (30, 2, 15), (5, 5, 1)])
@pytest.mark.parametrize("start", [0.0, 1_795_000_000.123])
def test_a_whole_multiple_gives_exactly_every_nth_picture(source: int, rate: int, step: int, start: float) -> None:
    times = [start + i / source for i in range(20 * source)]
    assert taken(times, rate) == times[::step]


@pytest.mark.parametrize("rate", [5.5, 10, 25])
def test_a_slower_source_keeps_all_its_pictures(rate: float) -> None:
    times = [i / 5 for i in range(200)]
    assert taken(times, rate) == times


@given(st.lists(st.floats(-0.02, 0.02), min_size=100, max_size=100))
def test_jitter_does_not_change_which_pictures_are_taken(jitter: list[float]) -> None:
    times = [1.0 + i / 10 + (shift if i else 0.0) for i, shift in enumerate(jitter)]
    assert taken(times, 5) == times[::2]


@given(st.lists(st.floats(0.0, 2.0), max_size=200), st.floats(0.5, 10.0))
def test_the_rate_is_never_exceeded(gaps: list[float], rate: float) -> None:
    at, times = 0.0, []
    for gap in gaps:
        at += gap
        times.append(at)
    chosen = taken(times, rate)
    assert len(chosen) <= at * rate + 2.0


def test_after_a_gap_the_grid_goes_on() -> None:
    times = [0.0, 0.1, 0.2, 7.3, 7.4, 7.5, 7.6, 7.7]
    assert taken(times, 5) == [0.0, 0.2, 7.3, 7.4, 7.6]
