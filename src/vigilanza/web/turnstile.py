"""How much one destination may fetch, and at once."""

import threading
from collections import Counter

from vigilanza.clock import Clock
from vigilanza.web.pace import Pace

PER_MINUTE = 120
"""A player asks for a clip in a few parts."""
AT_ONCE = 8


class Turnstile:
    """Of all destinations, which are as many as are configured."""

    def __init__(self, *, clock: Clock) -> None:
        self._pace = Pace(PER_MINUTE, clock=clock)
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, who: str) -> bool:
        """Whether `who` may fetch now; if so, `leave` follows."""
        with self._lock:
            if self._inside[who] >= AT_ONCE or not self._pace.step(who):
                return False
            self._inside[who] += 1
            return True

    def leave(self, who: str) -> None:
        """It has what it fetched, or gave up."""
        with self._lock:
            self._inside[who] -= 1
