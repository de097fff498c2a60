"""Takes up, after a restart, the incidents that were open when the last watch ended."""

import threading
from collections.abc import Callable, Sequence

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event, Phase

log = structlog.get_logger(__name__)

PATIENCE_S = 2.0
"""The cameras wait this long for the journal and no longer: a second incident is less bad than an unseen one."""
RETRY_S = 2.0


class Resumption:
    """Tells `resume` what is still open: once from the spool, and once more when the journal has answered."""

    def __init__(
        self,
        *,
        recorded: Callable[[], Sequence[Event]],
        spooled: Sequence[Event],
        resume: Callable[[Sequence[Event]], None],
        clock: Clock,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        """`recorded` asks the journal (JournalUnavailable: asked again); `spooled` is what it has not yet taken.

        `on_answer` is called once all has been told.
        """
        self._recorded, self._spooled, self._resume, self._clock = recorded, tuple(spooled), resume, clock
        self._on_answer = on_answer
        self._answered = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Ask until the journal answers or `stop` is set."""
        self._resume(still_open(self._spooled))
        told = False
        while not self._answered.is_set():
            try:
                self._resume(still_open([*self._recorded(), *self._spooled]))
            except JournalUnavailable as error:
                if not told:
                    log.error("journal is away: what was open at the last end is taken up later", why=str(error))
                told = True
                if self._clock.wait(RETRY_S, stop):
                    return
            else:
                self._on_answer()
                self._answered.set()

    def wait(self) -> None:
        """Return once the journal has answered, or after PATIENCE_S."""
        self._clock.wait(PATIENCE_S, self._answered)


def still_open(events: Sequence[Event]) -> list[Event]:
    """The events of the latest incident of every door and view, unless that one is closed; each incident's in order."""
    told = sorted({event.id: event for event in events}.values(), key=lambda event: (event.sequence, event.at))
    ends = sorted({event.incident: event for event in told}.values(), key=lambda event: event.at)
    last = {(event.camera, event.door): event for event in ends}
    going_on = {event.incident for event in last.values() if event.phase is not Phase.CLOSED}
    return [event for event in told if event.incident in going_on]
