"""Tells "we stood still" from "the cameras died": a process that was stopped or starved finds all its streams late."""

import threading

import structlog

from vigilanza.clock import Clock

_log = structlog.get_logger(__name__)

TICK_S = 0.25
STALL_S = 1.0
"""A tick that comes so much too late is no busy machine any more."""
GRACE_S = 5.0
"""What breaks off so soon after we stood still is our fault first."""


class StallWatch:
    """Notices that this process did not run. One thread runs it, any thread asks."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._ticked_at = clock.monotonic()
        self._ended_at = float("-inf")
        self.stalls = 0
        self.stalled_seconds = 0.0

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set."""
        self._ticked_at = self._clock.monotonic()
        while not self._clock.wait(TICK_S, stop):
            now = self._clock.monotonic()
            late, self._ticked_at = now - self._ticked_at - TICK_S, now
            if late > STALL_S:
                self._ended_at = now
                self.stalls += 1
                self.stalled_seconds += late
                _log.critical("this process stood still: nothing was watched meanwhile", seconds=round(late, 1))

    @property
    def recent(self) -> bool:
        """True while we stand still, as a thread that wakes first may find, and for GRACE_S after it."""
        now = self._clock.monotonic()
        return now - self._ticked_at - TICK_S > STALL_S or now - self._ended_at < GRACE_S


class Excuse:
    """Of one camera, for its own thread: who gave pictures until we stood still is not lost before it fails again."""

    def __init__(self, stalls: StallWatch | None) -> None:
        self._stalls, self._made = stalls, False

    def holds(self, *, alive: bool) -> bool:
        """True once for a camera that was `alive` when its connection broke off."""
        made, self._made = self._made, alive and self._stalls is not None and self._stalls.recent
        return self._made and not made

    def forget(self) -> None:
        """It gives pictures again."""
        self._made = False
