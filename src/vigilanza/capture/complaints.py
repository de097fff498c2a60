"""What the technician should mend at one camera, told in the log and not again and again."""

import structlog

from vigilanza.clock import Clock

_log = structlog.get_logger(__name__)

REPEAT_S = 3600.0
"""What is not mended is told again."""


class Complaints:
    """Of one camera; each kind of complaint has its own `words`."""

    def __init__(self, *, camera: str, clock: Clock) -> None:
        self._camera, self._clock = camera, clock
        self._told: dict[str, float] = {}

    def tell(self, words: str, why: str | None) -> None:
        """Log it, unless `words` were logged in the last REPEAT_S; None: there is nothing to complain of."""
        now = self._clock.monotonic()
        if why is not None and now - self._told.get(words, float("-inf")) >= REPEAT_S:
            self._told[words] = now
            _log.warning(words, camera=self._camera, why=why)
