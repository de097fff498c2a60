"""When a watch, for which another stands by, makes room."""

import threading
from collections.abc import Callable

from vigilanza.clock import Clock

LONGEST_S = 15.0
"""Less than the patience of who waits for it. A clip that is to be longer ends then, with what it has."""


class Parting:
    """As soon as nothing is under way, once it is `over`; the cameras are watched until then. One thread asks."""

    def __init__(self, over: threading.Event, idle: Callable[[], bool], clock: Clock) -> None:
        self._over, self._idle, self._clock = over, idle, clock
        self._until: float | None = None

    def has_come(self) -> bool:
        """Whether to end now."""
        if not self._over.is_set():
            return False
        now = self._clock.monotonic()
        self._until = now + LONGEST_S if self._until is None else self._until
        return self._idle() or now >= self._until
