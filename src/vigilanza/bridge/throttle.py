"""Wrong passwords: counted, and slowed down per address they come from."""

from collections import OrderedDict

from prometheus_client import Counter

from vigilanza.clock import Clock

ALLOWED_AT_ONCE = 10
ONE_MORE_AFTER_S = 6.0
PEERS_MAX = 10_000


class Throttle:
    """Each address may be wrong ALLOWED_AT_ONCE times, and again every ONE_MORE_AFTER_S; else it is not listened to.

    Only the address is held back, not the account: nobody can lock somebody else out.
    """

    def __init__(self, *, clock: Clock, refused: Counter) -> None:
        """`refused` counts by the label `reason`."""
        self._clock, self._counter = clock, refused
        self._wrong: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address: how often, as of when

    def is_open(self, peer: str) -> bool:
        """Whether `peer` is listened to."""
        return self._level(peer) < ALLOWED_AT_ONCE

    def count(self, reason: str) -> None:
        """Somebody was not let in."""
        self._counter.labels(reason).inc()

    def note_wrong(self, peer: str) -> None:
        """A wrong password, or no such account."""
        self._wrong[peer] = (self._level(peer) + 1.0, self._clock.monotonic())
        self._wrong.move_to_end(peer)
        if len(self._wrong) > PEERS_MAX:
            self._wrong.popitem(last=False)

    def _level(self, peer: str) -> float:
        level, at = self._wrong.get(peer, (0.0, 0.0))
        return max(0.0, level - (self._clock.monotonic() - at) / ONE_MORE_AFTER_S)
