"""How much one destination may fetch, and at once."""

import threading
from collections import Counter, defaultdict, deque

from vigilanza.clock import Clock

PER_MINUTE = 120
"""A player asks for a clip in a few parts."""
AT_ONCE = 8


class Turnstile:
    """Of all destinations, which are as many as are configured."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, who: str) -> bool:
        """Whether `who` may fetch now; if so, `leave` follows."""
        now = self._clock.monotonic()
        with self._lock:
            times = self._times[who]
            while times and now - times[0] >= 60.0:
                times.popleft()
            if len(times) >= PER_MINUTE or self._inside[who] >= AT_ONCE:
                return False
            times.append(now)
            self._inside[who] += 1
            return True

    def leave(self, who: str) -> None:
        """It has what it fetched, or gave up."""
        with self._lock:
            self._inside[who] -= 1
