"""A camera for which nobody hurries is asked less often, and gives the same."""

import threading
from collections.abc import Iterator
from fractions import Fraction

from tests.fakes import FakeClock
from vigilanza.capture.arrival import ArrivalClock
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.unhurried import GATHER_S, UnhurriedSource

FORMAT = StreamFormat("h264", 640, 360, b"")


class TenASecond:
    """A camera of which each packet can be had from its own time on; who asks sooner waits."""

    def __init__(self, clock: FakeClock, count: int = 40) -> None:
        self._clock, self._count, self.asked = clock, count, list[float]()

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        began = self._clock.now()
        for number in range(self._count):
            self.asked.append(self._clock.now())
            at = began + number / 10
            self._clock.advance(max(0.0, at - self._clock.now()))
            yield Packet(b"", at, None, number, number, Fraction(1, 10), number % 20 == 0, FORMAT)


def seen(clock: FakeClock, camera: TenASecond, *, unhurried: bool) -> list[tuple[Packet, float]]:
    """What comes, and when."""
    source = UnhurriedSource(camera, unhurried=lambda: unhurried, clock=clock)
    return [(packet, clock.now()) for packet in source.packets(threading.Event())]


def test_packets_gather_and_none_is_lost_or_kept_waiting_for_long() -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock), unhurried=True)
    assert [packet.pts for packet, _ in got] == list(range(40))
    assert max(at - packet.at for packet, at in got) <= GATHER_S
    assert 10 <= len(clock.waits) <= 20, "several at once, each time"


def test_where_somebody_waits_nothing_does() -> None:
    clock = FakeClock()
    got = seen(clock, TenASecond(clock), unhurried=False)
    assert max(at - packet.at for packet, at in got) == 0.0
    assert not clock.waits


def test_what_lies_behind_is_caught_up_with_first() -> None:
    clock = FakeClock()
    camera = TenASecond(clock)
    packets = UnhurriedSource(camera, unhurried=lambda: True, clock=clock).packets(threading.Event())
    next(packets)
    clock.advance(2.0)
    clock.waits.clear()
    while next(packets).at < clock.now() - 0.15:
        assert not clock.waits[1:], "only what followed the first one, which was fresh"


def test_a_stop_ends_the_wait() -> None:
    stops: list[threading.Event] = []

    class Waited(FakeClock):
        def wait(self, seconds: float, stop: threading.Event) -> bool:
            stops.append(stop)
            return bool(super().wait(seconds, stop))

    clock, stop = Waited(), threading.Event()
    packets = UnhurriedSource(TenASecond(clock), unhurried=lambda: True, clock=clock).packets(stop)
    next(packets)
    next(packets)
    assert stops == [stop]


def test_what_comes_just_as_often_as_it_is_asked_for_does_not_fall_behind_bit_by_bit() -> None:
    """Four pictures a second, each taken a little later than the one before; the times are those of a live stream."""
    clock, period_s = FakeClock(), GATHER_S

    class FourASecond:
        def packets(self, stop: threading.Event) -> Iterator[Packet]:
            began, arrival = clock.now(), ArrivalClock(clock=clock)
            for number in range(4 * 3600):
                arrival.asking()
                clock.advance(max(0.0, began + number * period_s - clock.now()))
                clock.advance(0.0002)
                arrival.arrived(number * period_s)
                yield Packet(b"", arrival.at(number * period_s), None, number, number, Fraction(1, 4), True, FORMAT)

    began, late = clock.now(), 0.0
    for packet in UnhurriedSource(FourASecond(), unhurried=lambda: True, clock=clock).packets(threading.Event()):
        late = max(late, clock.now() - began - packet.pts * period_s)
    assert late < GATHER_S
