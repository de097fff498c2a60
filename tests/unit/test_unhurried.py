"""A camera for which nobody hurries is asked less often, and gives the same."""

import threading
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

from tests.fakes import FakeClock
from vigilanza.capture.arrival import ArrivalClock
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.unhurried import BRIEF_S, GATHER_S, UnhurriedSource

FORMAT = StreamFormat("h264", 640, 360, b"")
SLACK_S = 0.3
"""A key frame is not seen later than this."""


class TenASecond:
    """A camera of which each packet can be had from its own time on; who asks sooner waits."""

    def __init__(self, clock: FakeClock, *, count: int = 400, group: int = 20, key_takes: float = 0.0) -> None:
        self._clock, self._count, self._group, self._key_takes = clock, count, group, key_takes
        self.asked = list[float]()

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        began = self._clock.now()
        for number in range(self._count):
            self.asked.append(self._clock.now())
            at, key = began + number / 10, number % self._group == 0
            self._clock.advance(max(0.0, at + (self._key_takes if key else 0.0) - self._clock.now()))
            yield Packet(b"", at, None, number, number, Fraction(1, 10), key, FORMAT)


def never() -> float:
    return 0.0


def always() -> float:
    return GATHER_S


def source(clock: FakeClock, camera: TenASecond, patience: Callable[[], float] = always) -> UnhurriedSource:
    return UnhurriedSource(camera, patience=patience, sought=threading.Event(), clock=clock)


def seen(clock: FakeClock, camera: TenASecond, patience: Callable[[], float] = always) -> list[tuple[Packet, float]]:
    """What comes, and when."""
    return [(packet, clock.now()) for packet in source(clock, camera, patience).packets(threading.Event())]


def test_packets_gather_and_none_is_lost_or_kept_waiting_for_long() -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock))
    assert [packet.pts for packet, _ in got] == list(range(400))
    assert max(at - packet.at for packet, at in got) <= GATHER_S
    assert len(clock.waits) <= 55, "about one in a second"


@pytest.mark.parametrize("key_takes", [0.0, 0.15])
@pytest.mark.parametrize("group", [20, 25, 33])
def test_a_key_frame_is_not_kept_waiting_for_it_is_looked_at(group: int, key_takes: float) -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock, group=group, key_takes=key_takes))
    late = [at - packet.at for packet, at in got if packet.is_keyframe]
    assert max(late[2:]) <= key_takes + SLACK_S, "once two have come it is known when the next one will"


def test_where_every_picture_is_a_key_frame_they_gather_too() -> None:
    clock = FakeClock()
    seen(clock, TenASecond(clock, group=1))
    assert len(clock.waits) <= 55


def test_the_connections_buffer_is_given_time_to_grow() -> None:
    clock = FakeClock()
    packets = source(clock, TenASecond(clock, group=100)).packets(threading.Event())
    for _ in range(60):
        next(packets)
    assert clock.waits[:2] == [BRIEF_S, 2 * BRIEF_S]


def test_where_somebody_waits_nothing_does() -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock), never)
    assert max(at - packet.at for packet, at in got) == 0.0
    assert not clock.waits


def test_who_has_some_patience_is_not_tried_beyond_it() -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock), lambda: BRIEF_S)
    assert max(at - packet.at for packet, at in got) <= BRIEF_S


def test_what_lies_behind_is_caught_up_with_first() -> None:
    clock = FakeClock()
    packets = source(clock, TenASecond(clock)).packets(threading.Event())
    next(packets)
    clock.advance(2.0)
    clock.waits.clear()
    while next(packets).at < clock.now() - 0.15:
        assert not clock.waits[1:], "only what followed the first one, which was fresh"


class Sought(FakeClock):
    """A clock on which somebody is sought in the middle of each wait."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        stop.set()
        return bool(super().wait(0.01, stop))


def test_who_is_sought_ends_the_wait_at_once_and_once_only() -> None:
    clock, sought = Sought(), threading.Event()
    camera = UnhurriedSource(TenASecond(clock), patience=always, sought=sought, clock=clock)
    packets = camera.packets(threading.Event())
    began = clock.now()
    next(packets)
    next(packets)
    assert clock.now() - began < 0.15, "the second one comes at its own time"
    assert not sought.is_set()


def test_what_comes_just_as_often_as_it_is_asked_for_does_not_fall_behind_bit_by_bit() -> None:
    """Each picture is taken a little later than the one before; times are those of a live stream."""
    clock, period_s = FakeClock(), GATHER_S

    class AsOften:
        def packets(self, stop: threading.Event) -> Iterator[Packet]:
            began, arrival = clock.now(), ArrivalClock(clock=clock)
            for number in range(4 * 3600):
                arrival.asking()
                clock.advance(max(0.0, began + number * period_s - clock.now()))
                clock.advance(0.0002)
                arrival.arrived(number * period_s)
                yield Packet(b"", arrival.at(number * period_s), None, number, number, Fraction(1, 1), True, FORMAT)

    asked = UnhurriedSource(AsOften(), patience=always, sought=threading.Event(), clock=clock)
    began, late = clock.now(), 0.0
    for packet in asked.packets(threading.Event()):
        late = max(late, clock.now() - began - packet.pts * period_s)
    assert late < GATHER_S
