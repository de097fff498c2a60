"""Lets the packets of a camera for which nobody hurries gather, so that its thread wakes less often."""

import threading
from collections.abc import Callable, Iterator

from vigilanza.capture.arrival import WAITED_SECONDS
from vigilanza.capture.packet import Packet
from vigilanza.capture.source import Source
from vigilanza.clock import Clock

GATHER_S = 0.25
"""Meanwhile packets wait in the connection's own buffer: 60 kB of a stream of 2 Mbit/s."""
_FRESH_S = 0.1
"""What is older was not taken from the connection at once, and more lies behind it."""
_TRUST_S = 10.0
"""Times of packets tell how late each is against the others: if all fall behind bit by bit, none looks old. Only one
that had to be waited for shows that nothing does; without such a one for so long nothing gathers."""


class UnhurriedSource:
    """Another source's packets. While `unhurried` says so, after a fresh one the next is asked for GATHER_S later.

    Times of packets, and how long one waits for one that does not come, are the other source's. For streams over TCP
    only: what is not taken from a UDP socket is soon lost.
    """

    def __init__(self, source: Source, *, unhurried: Callable[[], bool], clock: Clock) -> None:
        self._source, self._unhurried, self._clock = source, unhurried, clock

    def __repr__(self) -> str:
        return repr(self._source)

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets."""
        asked = awaited_at = self._clock.monotonic()
        for packet in self._source.packets(stop):
            taken = self._clock.monotonic()
            if taken - asked > WAITED_SECONDS:
                awaited_at = taken
            yield packet
            if taken - awaited_at < _TRUST_S and self._clock.now() - packet.at < _FRESH_S and self._unhurried():
                self._clock.wait(GATHER_S, stop)
            asked = self._clock.monotonic()
