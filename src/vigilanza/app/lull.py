"""Whether nothing happens just now that a watch, which gives way to another, would see or keep in part only."""

from collections.abc import Callable, Sequence

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.events import Event

log = structlog.get_logger(__name__)

LONGEST_S = 600.0
"""A place where something always happens takes a change over all the same."""


class Lull:
    """One thread asks, again and again, until it has come; then the next one is another."""

    def __init__(self, open_incidents: Callable[[], Sequence[Event]], *, quiet_s: float, clock: Clock) -> None:
        """`open_incidents`: see Journal. It has come once their latest event is older than `quiet_s`."""
        self._open_incidents, self._quiet_s, self._clock = open_incidents, quiet_s, clock
        self._asked_at: float | None = None

    def has_come(self) -> bool:
        """True at the latest LONGEST_S after it was first asked for. JournalUnavailable."""
        now, asked = self._clock.monotonic(), self._asked_at
        if self._is_quiet():
            self._asked_at = None
            return True
        if asked is None:
            self._asked_at = now
            log.info("the configuration is taken over once nothing happens", quiet_s=self._quiet_s)
        elif now - asked >= LONGEST_S:
            self._asked_at = None
            log.warning("the configuration is taken over though something happens: clips may be shorter")
            return True
        return False

    def _is_quiet(self) -> bool:
        """A time that is still to come was written before the clock was set back: nobody knows how long ago."""
        now = self._clock.now()
        return not any(0 <= now - event.at < self._quiet_s for event in self._open_incidents())
