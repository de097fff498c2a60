"""Picture time that never steps back, whatever the machine's clock does."""

from dataclasses import replace

from vigilanza.domain.events import Event

JITTER_S = 1.0
LEAST_S = 0.001
SEAM_S = 0.2
"""Assumed between the last picture before the clock was set back and the first one after it."""


class TimeLine:
    """Detectors and incidents live on it; events leave it with the time the clock showed."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._shift = 0.0

    def advance(self, at: float) -> float:
        """The moment on the line for a picture taken at `at` (UTC, Unix seconds); later than any before."""
        moment = at + self._shift
        if moment <= self._last - JITTER_S:
            self._shift = self._last + SEAM_S - at
            moment = at + self._shift
        self._last = max(moment, self._last + LEAST_S)
        return self._last

    def restore(self, event: Event) -> Event:
        """The event with the clock's times."""
        if not self._shift:
            return event
        evidence = tuple(replace(item, at=item.at - self._shift) for item in event.evidence)
        return replace(event, at=event.at - self._shift, evidence=evidence)
