"""Who looked at what: written before it is shown (promise 10)."""

import threading
from collections import OrderedDict

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.web.problem import Problem

WINDOW_SECONDS = 300.0
"""A looping clip asks for its bytes again and again: within this time that is one viewing."""
CAPACITY = 4096


class Viewings:
    """Writes each viewing into the audit chain once per WINDOW_SECONDS, operator and subject.

    At most CAPACITY are remembered; `forgotten` counts those dropped, which are then merely written again.
    """

    def __init__(self, *, audit: AuditChain, clock: Clock) -> None:
        self._audit, self._clock = audit, clock
        self._written: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self._lock = threading.Lock()
        self.forgotten = 0

    def write(self, operator: str, action: str, subject: str) -> None:
        """In the chain, on disk, when this returns; Problem 503 if not: then nothing may be shown."""
        key, now = (operator, action, subject), self._clock.monotonic()
        with self._lock:
            written = self._written.get(key)
            if written is not None and now - written < WINDOW_SECONDS:
                return
        try:
            self._audit.append(who=operator, action=action, subject=subject)
        except JournalUnavailable as error:
            raise Problem(503, "audit_unavailable", "the audit chain does not answer: nothing is shown") from error
        with self._lock:
            self._written[key] = now
            self._written.move_to_end(key)
            while len(self._written) > CAPACITY:
                self._written.popitem(last=False)
                self.forgotten += 1
