import pytest

from tests.fakes import FakeClock
from vigilanza.capture.arrival import ArrivalClock
from vigilanza.domain.errors import SourceUnavailable


def at(arrival: ArrivalClock, seconds: float) -> float:
    arrival.arrived(seconds)
    return arrival.at(seconds)


def test_evenly_arriving_pictures_get_their_arrival_times() -> None:
    clock = FakeClock()
    arrival = ArrivalClock(clock=clock)
    start = clock.now()
    times = []
    for i in range(100):
        times.append(at(arrival, i * 0.1))
        clock.advance(0.1)
    assert times == pytest.approx([start + i * 0.1 for i in range(100)])


def test_a_burst_after_a_stall_gets_the_times_of_its_pictures() -> None:
    clock = FakeClock()
    arrival = ArrivalClock(clock=clock)
    start = clock.now()
    at(arrival, 0.0)
    clock.advance(0.1)
    at(arrival, 0.1)
    clock.advance(2.0)
    burst = [at(arrival, 0.2 + i * 0.1) for i in range(20)]
    assert burst == pytest.approx([start + 0.2 + i * 0.1 for i in range(20)], abs=0.005)
    assert burst == sorted(burst)


def test_no_picture_lies_in_the_future_and_none_before_the_last() -> None:
    clock = FakeClock()
    arrival = ArrivalClock(clock=clock)
    last = float("-inf")
    for i in range(200):
        clock.advance([0.02, 0.3, 0.0, 0.1, 0.08][i % 5])
        taken = at(arrival, i * 0.1)
        assert last <= taken <= clock.now()
        last = taken


def test_when_the_cameras_own_times_start_anew_ours_go_on() -> None:
    clock = FakeClock()
    arrival = ArrivalClock(clock=clock)
    at(arrival, 3600.0)
    clock.advance(0.1)
    assert at(arrival, 0.0) == pytest.approx(clock.now())
    clock.advance(0.1)
    assert at(arrival, 7200.0) == pytest.approx(clock.now())


class SettableClock(FakeClock):
    """A clock whose wall time somebody sets."""

    step = 0.0

    def now(self) -> float:
        return self.time + self.step


def test_a_clock_set_forward_is_followed_and_one_set_back_ends_the_connection() -> None:
    clock = SettableClock()
    arrival = ArrivalClock(clock=clock)
    at(arrival, 0.0)
    clock.step = 3600.0
    assert at(arrival, 0.1) == pytest.approx(clock.now(), abs=0.2)
    clock.step = -3600.0
    with pytest.raises(SourceUnavailable):
        at(arrival, 0.2)


def test_what_lay_ready_is_dated_back_once_a_packet_had_to_be_awaited() -> None:
    clock = FakeClock()
    arrival = ArrivalClock(clock=clock)
    for i in range(6):
        arrival.arrived(i * 0.1)
        clock.advance(0.0001)
    assert not arrival.settled
    clock.advance(0.1)
    arrival.arrived(0.6)
    assert arrival.settled
    assert [arrival.at(i * 0.1) for i in range(7)] == pytest.approx([clock.now() - 0.6 + i * 0.1 for i in range(7)])
