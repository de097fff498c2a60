"""Who looked at what: written before it is shown (promise 10)."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from vigilanza.clock import Clock
from vigilanza.store.audit import AuditChain

WINDOW_SECONDS = 300.0
"""Who looks again and again within this time does so once: a looping clip, a still that is asked for every second."""
CAPACITY = 4096


class ViewingBook:
    """Writes each viewing into the audit chain once per WINDOW_SECONDS, person, subject and detail.

    At most CAPACITY are remembered; `forgotten` counts those dropped, which are then merely written again.
    """

    def __init__(self, *, audit: AuditChain, clock: Clock) -> None:
        self._audit, self._clock = audit, clock
        self._written: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._lock = threading.Lock()
        self.forgotten = 0

    def write(self, who: str, action: str, subject: str, detail: Mapping[str, str] | None = None) -> None:
        """In the chain, on disk, when this returns; JournalUnavailable if not: then nothing may be shown."""
        key, now = (who, action, subject, *(detail or {}).values()), self._clock.monotonic()
        with self._lock:
            written = self._written.get(key)
            if written is not None and now - written < WINDOW_SECONDS:
                return
        self._audit.append(who=who, action=action, subject=subject, detail=detail)
        with self._lock:
            self._written[key] = now
            self._written.move_to_end(key)
            while len(self._written) > CAPACITY:
                self._written.popitem(last=False)
                self.forgotten += 1

    def end(self, who: str, action: str, subject: str, seconds: float) -> None:
        """That somebody looked for so long; each time. JournalUnavailable."""
        self._audit.append(who=who, action=action, subject=subject, detail={"seconds": round(seconds, 1)})
