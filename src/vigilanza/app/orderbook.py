"""The work orders that a running watch knows: read from the journal by a thread of its own."""

import threading
from collections.abc import Callable, Sequence

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.workorder import WorkOrder

log = structlog.get_logger(__name__)

LOOK_S = 2.0
"""What was granted, extended or ended counts after so many seconds at most."""
SINCE_S, AHEAD_S = 300.0, 900.0
"""Pictures may come late, and the journal may be away when a visit begins."""
CAPACITY = 500
PATIENCE_S = 2.0
"""The cameras wait this long for the first answer and no longer."""


class OrderBook:
    """While the journal is away the last known orders stay, and end at their time.

    At most CAPACITY are known, the first to begin first; `left_out` counts, over all looks, those beyond.
    """

    def __init__(self, *, needed: Callable[[float], Sequence[WorkOrder]], clock: Clock) -> None:
        """`needed` asks the journal, given the time (UTC, Unix seconds); JournalUnavailable: asked again."""
        self._needed, self._clock = needed, clock
        self._known: tuple[WorkOrder, ...] = ()
        self._answered = threading.Event()
        self._away = False
        self.left_out = 0

    def known(self) -> Sequence[WorkOrder]:
        """The orders known now; any thread may ask, and none waits."""
        return self._known

    def run(self, stop: threading.Event) -> None:
        """Look every LOOK_S until `stop` is set."""
        while not stop.is_set():
            try:
                self.run_once()
            except JournalUnavailable as error:
                if not self._away:
                    log.error("journal is away: the work orders known stay", known=len(self._known), why=str(error))
                self._away = True
            except Exception:  # without this thread an order ended early would run on
                log.exception("work orders not read")
            self._clock.wait(LOOK_S, stop)

    def run_once(self) -> None:
        """Look once. JournalUnavailable if the journal is away."""
        found = self._needed(self._clock.now())
        excess = max(0, len(found) - CAPACITY)
        if excess and not self.left_out:
            log.error("too many work orders: those that begin last are not known", left_out=excess)
        self.left_out += excess
        self._known = tuple(found[:CAPACITY])
        self._away = False
        self._answered.set()

    def wait(self) -> None:
        """Return once the journal has answered, or after PATIENCE_S."""
        self._clock.wait(PATIENCE_S, self._answered)
