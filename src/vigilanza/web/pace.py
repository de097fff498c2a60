"""How often somebody may come."""

import threading
from collections import defaultdict, deque

from vigilanza.clock import Clock


class Pace:
    """So often in any minute, each name for itself; names are as many as were configured or issued. Any thread."""

    def __init__(self, per_minute: int, *, clock: Clock) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def step(self, who: str) -> bool:
        """Whether `who` may come now; who was refused has not come."""
        now = self._clock.monotonic()
        with self._lock:
            times = self._times[who]
            while times and now - times[0] >= 60.0:
                times.popleft()
            if len(times) >= self._per_minute:
                return False
            times.append(now)
            return True
