"""How long a fact has been seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilanza.domain.meter import Meter

STEPS = st.lists(st.floats(0.04, 1.0), min_size=1, max_size=50)


def seen_at(*times: float, forget: float = 2.0) -> Meter:
    meter, before = Meter(), times[0]
    for at in times:
        meter, before = meter.seen(at, before, 0.5, forget), at
    return meter


def test_what_was_never_seen_does_not_run() -> None:
    assert not Meter().running(0.0, 1e9)
    assert not Meter().running(-1e9, 1e9)
    assert (Meter().seconds, Meter().peak) == (0.0, 0.0)


def test_one_picture_is_no_duration() -> None:
    meter = Meter().seen(100.0, 99.0, 0.7, 2.0)
    assert (meter.since, meter.last, meter.seconds, meter.peak) == (100.0, 100.0, 0.0, 0.7)


@given(steps=STEPS, forget=st.floats(1.0, 5.0))
def test_a_run_lasts_as_long_as_its_pictures(steps: list[float], forget: float) -> None:
    times = [1000.0]
    for step in steps:
        times.append(times[-1] + step)
    meter = seen_at(*times, forget=forget)
    assert meter.since == 1000.0
    assert meter.seconds == pytest.approx(times[-1] - 1000.0)


def test_short_gaps_are_forgiven_and_long_ones_end_the_run() -> None:
    assert seen_at(0.0, 1.0).seen(2.9, 2.8, 0.5, 2.0).since == 0.0
    meter = seen_at(0.0, 1.0).seen(3.1, 3.0, 0.5, 2.0)
    assert (meter.since, meter.seconds) == (3.1, 0.0)


@pytest.mark.parametrize(("back_at", "seconds"), [(1.4, 1.4), (1.5, 1.5), (1.6, 1.1)])
def test_a_gap_in_which_it_was_only_missed_is_part_of_the_time(back_at: float, seconds: float) -> None:
    """The picture before `back_at` came 0.1 s earlier, and did not show it."""
    meter = seen_at(0.0, 1.0).seen(back_at, back_at - 0.1, 0.5, 2.0, missed=0.5)
    assert meter.seconds == pytest.approx(seconds)


def test_a_pause_of_the_camera_is_no_gap_in_which_it_was_missed() -> None:
    assert seen_at(0.0, 1.0).seen(5.0, 1.0, 0.5, 2.0, missed=0.5).seconds == pytest.approx(1.3)


def test_a_gap_in_which_no_picture_was_taken_does_not_end_the_run_and_counts_little() -> None:
    meter = seen_at(0.0, 1.0, 3601.0)
    assert meter.since == 0.0
    assert 1.0 < meter.seconds < 1.5


def test_a_run_ends_when_it_is_forgotten() -> None:
    meter = seen_at(0.0, 1.0)
    assert meter.running(1.0, 0.0)
    assert meter.running(3.0, 2.0)
    assert not meter.running(3.1, 2.0)


def test_the_peak_is_that_of_the_run() -> None:
    meter = Meter().seen(0.0, None, 0.9, 2.0).seen(1.0, 0.0, 0.4, 2.0)
    assert meter.peak == 0.9
    assert meter.seen(10.0, 9.0, 0.3, 2.0).peak == 0.3


def test_the_count_is_the_most_at_once_in_the_run() -> None:
    meter = Meter().seen(0.0, None, 0.9, 2.0, count=2).seen(1.0, 0.0, 0.4, 2.0, count=3).seen(2.0, 1.0, 0.4, 2.0)
    assert meter.count == 3
    assert meter.seen(10.0, 9.0, 0.3, 2.0).count == 1


def test_a_meter_never_changes_behind_ones_back() -> None:
    before = seen_at(0.0, 1.0)
    before.seen(2.0, 1.0, 1.0, 2.0)
    assert before == seen_at(0.0, 1.0)
