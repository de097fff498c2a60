"""Lets the packets of a camera for which nobody hurries gather, so that its thread wakes less often."""

import threading
from collections.abc import Callable, Iterator

from vigilanza.capture.arrival import WAITED_SECONDS
from vigilanza.capture.packet import Packet
from vigilanza.capture.source import Source
from vigilanza.clock import Clock

GATHER_S = 1.0
"""The longest. Meanwhile packets wait in the connection's own buffer: 250 kB of a stream of 2 Mbit/s."""
BRIEF_S = 0.25
"""At first, twice as long each time: the system lets a connection's buffer grow with what was taken from it at once."""
_FRESH_S = 0.1
"""What is older was not taken from the connection at once, and more lies behind it."""
_TRUST_S = 10.0
"""Times of packets tell how late each is against the others: if all fall behind bit by bit, none looks old. Only one
that had to be waited for shows that nothing does; without such a one for so long nothing gathers."""
_LATE_S = 0.05
"""A key frame is large, and comes a little later than its time says."""


class UnhurriedSource:
    """Another source's packets. After a fresh one the next is asked for as much later as `patience` allows, in seconds.

    It is asked for sooner when a key frame is due, for that is looked at, and at once if `sought` is set, which is
    cleared then. Times of packets, and how long one waits for one that does not come, are the other source's. For
    streams over TCP only: what is not taken from a UDP socket is soon lost.
    """

    def __init__(self, source: Source, *, patience: Callable[[], float], sought: threading.Event, clock: Clock) -> None:
        self._source, self._patience, self._sought, self._clock = source, patience, sought, clock

    def __repr__(self) -> str:
        return repr(self._source)

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets. Who sets `stop` sets `sought` as well, or waits for GATHER_S."""
        keys, pause = _Keys(), BRIEF_S
        asked = awaited_at = self._clock.monotonic()
        for packet in self._source.packets(stop):
            taken = self._clock.monotonic()
            if taken - asked > WAITED_SECONDS:
                awaited_at = taken
            yield packet
            if packet.is_keyframe:
                keys.note(packet.at)
            now = self._clock.now()
            if now - packet.at < _FRESH_S:
                most = self._patience() if taken - awaited_at < _TRUST_S else 0.0
                if most > 0.0:
                    self._gather(min(pause, most, keys.due(now)))
                pause = min(2.0 * pause, GATHER_S) if most > 0.0 else BRIEF_S
            asked = self._clock.monotonic()

    def _gather(self, seconds: float) -> None:
        if self._clock.wait(seconds, self._sought):
            self._sought.clear()


class _Keys:
    """When the next key frame is due that somebody looks at: of those that come faster not every one."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._every = GATHER_S

    def note(self, at: float) -> None:
        if self._at is not None:
            self._every = max(at - self._at, GATHER_S)
        self._at = at

    def due(self, now: float) -> float:
        """In so many seconds; one that should have come by now is looked for soon."""
        left = GATHER_S if self._at is None else self._at + self._every + _LATE_S - now
        return left if left > 0.0 else BRIEF_S
