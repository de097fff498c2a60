"""How fast a destination is spoken to, at the exact limits."""

from vigilanza.bridge.pace import Pace


def test_failures_pause_the_line_for_longer_and_longer_and_an_answer_ends_it() -> None:
    pace, now, waits = Pace(), 100.0, []
    for _ in range(8):
        pace.failed(now)
        began = now
        while pace.paused(now):
            now += 0.5
        waits.append(now - began)
    assert waits == [1, 2, 5, 10, 20, 30, 60, 60]
    pace.failed(now)
    assert pace.paused(now)
    pace.answered(now)
    assert not pace.paused(now)
    pace.failed(now)
    assert (pace.paused(now + 0.9), pace.paused(now + 1.0)) == (True, False)


def test_what_fails_within_a_pause_does_not_count_again() -> None:
    pace = Pace()
    pace.failed(0.0)
    for _ in range(5):
        pace.failed(0.5)
    assert (pace.paused(0.9), pace.paused(1.0)) == (True, False)


def test_a_receiver_that_asks_for_patience_gets_it_for_all_that_is_owed() -> None:
    pace = Pace()
    pace.failed(0.0, asked=17.0)
    assert (pace.paused(16.9), pace.paused(17.0)) == (True, False)
    pace.failed(17.0)
    pace.failed(17.5, asked=40.0)
    assert (pace.paused(57.4), pace.paused(57.5)) == (True, False)


def test_so_many_a_minute_and_no_more() -> None:
    pace = Pace(per_minute=2)
    pace.answered(0.0)
    assert not pace.spent(1.0)
    pace.answered(1.0)
    assert (pace.spent(59.9), pace.spent(60.0)) == (True, False)
    assert not Pace().spent(0.0)
