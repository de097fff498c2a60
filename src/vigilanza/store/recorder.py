"""The recorder: takes events from the frame threads and does not rest until the journal has them."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event
from vigilanza.store.spool import Spool

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 10_000
BATCH = 100
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RecorderState:
    """Events in memory, on disk, recorded since the start, refused because memory was full, set aside as unusable."""

    queued: int
    spooled: int
    recorded: int
    refused: int
    set_aside: int


class Recorder:
    """Every event goes to the spool first (milliseconds, survives a kill), then to the journal in order.

    One thread runs it; any thread may `put`. After a restart what the spool holds is recorded first.
    """

    def __init__(
        self,
        *,
        record: Callable[[Sequence[Event]], None],
        spool: Spool,
        clock: Clock,
        queue_limit: int = QUEUE_LIMIT,
        idle: float = 1.0,
    ) -> None:
        """`idle`: seconds after which, though nothing was put, one looks whether to end."""
        self._record, self._spool, self._clock = record, spool, clock
        self._queue_limit, self._idle = queue_limit, idle
        self._queue: deque[Event] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._recorded = self._refused = self._set_aside = 0
        self._away = False

    def put(self, events: Sequence[Event]) -> None:
        """Take all of `events` at once, without waiting for disk or database.

        JournalUnavailable, and none taken, if memory is full (disk and database both stuck for long): keep them and
        put them again with the next frame or tick.
        """
        with self._lock:
            if len(self._queue) + len(events) > self._queue_limit:
                self._refused += len(events)
                raise JournalUnavailable(
                    f"{len(self._queue)} events wait in memory, neither disk nor database takes any"
                )
            self._queue.extend(events)
        self._wake.set()

    @property
    def state(self) -> RecorderState:
        """For metrics and the page."""
        return RecorderState(len(self._queue), len(self._spool), self._recorded, self._refused, self._set_aside)

    def run(self, stop: threading.Event) -> None:
        """Record until `stop` is set and then once more; what is still unrecorded stays in the spool."""
        while not stop.is_set():
            busy = self._try_once()
            if not busy:
                self._clock.wait(RETRY_SECONDS if self._away else self._idle, self._wake)
            self._wake.clear()
        while self._try_once():
            pass

    def run_once(self) -> bool:
        """Move what waits one step on. True if something was recorded and more may wait.

        JournalUnavailable if the journal is away; what was put is then on disk.
        """
        self._spool_queue()
        batch = self._spool.first(BATCH) or self._held()
        if not batch:
            return False
        spooled = bool(len(self._spool))
        taken = self._record_or_split(batch)
        if spooled:
            self._spool.drop(taken)
        else:
            self._forget(taken)
        self._recorded += taken
        return True

    def _try_once(self) -> bool:
        try:
            busy = self.run_once()
        except JournalUnavailable as error:
            if not self._away:
                log.error("journal is away, events are spooled", why=str(error))
            self._away = True
            return False
        except Exception:  # the thread that keeps the events must not die
            log.exception("recorder failed")
            self._away = True
            return False
        if self._away and busy:
            log.info("journal is back", spooled=len(self._spool))
        self._away = self._away and not busy
        return busy

    def _held(self) -> list[Event]:
        with self._lock:
            return list(self._queue)[:BATCH]

    def _forget(self, count: int) -> None:
        with self._lock:
            for _ in range(count):
                self._queue.popleft()

    def _spool_queue(self) -> None:
        with self._lock:
            waiting = list(self._queue)
        if not waiting:
            return
        try:
            self._spool.append(waiting)
        except (OSError, JournalUnavailable) as error:
            # They stay in memory, behind those on disk; the journal may still take them.
            log.error("spool does not take events", why=str(error), waiting=len(waiting))
        else:
            self._forget(len(waiting))

    def _record_or_split(self, batch: Sequence[Event]) -> int:
        """How many of the oldest are recorded; an event the journal can never take is set aside alone."""
        try:
            self._record(batch)
        except JournalUnavailable:
            raise
        except Exception:
            if len(batch) > 1:
                return self._record_or_split(batch[:1])
            if not len(self._spool):
                raise
            log.exception("journal cannot take this event", event_id=str(batch[0].id))
            self._spool.set_aside(batch[0])
            self._set_aside += 1
            return 0
        return len(batch)
