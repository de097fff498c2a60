import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeClock
from vigilanza.capture.arrival import ArrivalClock
from vigilanza.domain.errors import SourceUnavailable


class Line:
    """A camera's line: `come` brings the picture at `seconds`, for which we waited `after` seconds."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.arrival = clock, ArrivalClock(clock=clock)

    def come(self, seconds: float, after: float = 0.1) -> float:
        self.arrival.asking()
        self.clock.advance(after)
        self.arrival.arrived(seconds)
        return self.arrival.at(seconds)

    def lie_ready(self, seconds: float) -> None:
        """A packet that comes at once and is not dated yet."""
        self.arrival.asking()
        self.clock.advance(0.0001)
        self.arrival.arrived(seconds)


def test_evenly_arriving_pictures_get_their_arrival_times() -> None:
    clock = FakeClock()
    start, line = clock.now(), Line(clock)
    assert [line.come(i * 0.1) for i in range(100)] == pytest.approx([start + 0.1 + i * 0.1 for i in range(100)])


@pytest.mark.parametrize(("who", "stall"), [("the network", 2.0), ("we", 2.0), ("we", 20.0)])
def test_a_burst_after_a_stall_gets_the_times_of_its_pictures(who: str, stall: float) -> None:
    clock = FakeClock()
    line = Line(clock)
    start = line.come(0.0)
    if who == "we":
        clock.advance(stall)
        stall = 0.0
    burst = [line.come(0.1 + i * 0.1, 0.0 if i else stall) for i in range(20)]
    assert burst == pytest.approx([start + 0.1 + i * 0.1 for i in range(20)], abs=0.03)
    assert burst == sorted(burst)


def test_no_picture_lies_in_the_future_and_none_before_the_last() -> None:
    clock = FakeClock()
    line = Line(clock)
    last = float("-inf")
    for i in range(200):
        taken = line.come(i * 0.1, [0.02, 0.3, 0.0, 0.1, 0.08][i % 5])
        assert last <= taken <= clock.now()
        last = taken


def test_when_the_cameras_own_times_start_anew_ours_go_on() -> None:
    clock = FakeClock()
    line = Line(clock)
    for seconds in (3600.0, 0.0, 0.1, 7200.0, 0.0):
        assert line.come(seconds) == pytest.approx(clock.now())


def test_a_camera_whose_times_run_slow_does_not_drag_ours_along() -> None:
    clock = FakeClock()
    line = Line(clock)
    for i in range(2000):
        assert clock.now() - line.come(i * 0.05, 0.1) < 5.2


@given(st.lists(st.floats(0.0, 0.5), min_size=12, max_size=60))
def test_reordered_pictures_never_step_back_in_picture_order(waits: list[float]) -> None:
    clock = FakeClock()
    line = Line(clock)
    order = [i + (2, -1, -1)[i % 3] for i in range(len(waits) // 3 * 3)]
    taken = {number: line.come(number * 0.1, wait) for number, wait in zip(order, waits, strict=False)}
    in_picture_order = [taken[number] for number in sorted(taken)]
    assert in_picture_order == sorted(in_picture_order)
    assert max(in_picture_order) <= clock.now()


class SettableClock(FakeClock):
    """A clock whose wall time somebody sets."""

    step = 0.0

    def now(self) -> float:
        return self.time + self.step


def test_a_clock_set_forward_is_followed_and_one_set_back_ends_the_connection() -> None:
    clock = SettableClock()
    line = Line(clock)
    line.come(0.0)
    clock.step = 3600.0
    assert line.come(0.1) == pytest.approx(clock.now(), abs=0.2)
    clock.step = -3600.0
    with pytest.raises(SourceUnavailable):
        line.come(0.2)


def test_what_lay_ready_is_dated_back_once_a_packet_had_to_be_awaited() -> None:
    clock = FakeClock()
    line = Line(clock)
    for i in range(6):
        line.lie_ready(i * 0.1)
    assert not line.arrival.settled
    line.come(0.6)
    assert line.arrival.settled
    dated = [line.arrival.at(i * 0.1) for i in range(7)]
    assert dated == pytest.approx([clock.now() - 0.6 + i * 0.1 for i in range(7)], abs=0.001)
