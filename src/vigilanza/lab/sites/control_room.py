"""An open page at the centre: told of a change, it reads its list again, and we note what it had then."""

import threading
from dataclasses import dataclass
from types import TracebackType
from uuid import UUID

import httpx
import structlog
from sqlalchemy import Engine, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.page_operator import Operator
from vigilanza.store.database import reading
from vigilanza.store.schema import events, feed
from vigilanza.store.schema_centre import site_incidents

log = structlog.get_logger(__name__)

_AGAIN_S = 0.5
_ENOUGH = 5_000


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that the list had, or counted among what waits beyond it, at `at` (monotonic seconds)."""

    site: str
    incident: UUID
    sequence: int
    at: float


class ControlRoom:
    """From `with` to the end of it; reads as the page does, by its own HTTP session."""

    def __init__(self, *, page: str, name: str, password: str, engine: Engine, clock: Clock) -> None:
        """`engine`: the centre's database, which says what is in it whenever the list is read."""
        self._sign_in = {"address": page, "name": name, "password": password}
        self._engine, self._clock = engine, clock
        self.shown: list[Shown] = []
        self.read_s: list[float] = []
        """How long the list took, each time."""
        self._position = 0
        self._stop, self._changed = threading.Event(), threading.Event()
        self._reader, self._listener = Operator(**self._sign_in), Operator(**self._sign_in)
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._listen, self._read)]

    def __enter__(self) -> "ControlRoom":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._changed.set()
        for thread in self._threads:
            thread.join()
        self._reader.close()
        self._listener.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                for changed in self._listener.hear():
                    if changed:
                        self._changed.set()
                    if self._stop.is_set():
                        return
            except httpx.HTTPError as error:
                log.warning("the page hears nothing", why=str(error))
                self._clock.wait(_AGAIN_S, self._stop)

    def _read(self) -> None:
        while not self._stop.is_set():
            self._changed.wait()
            self._changed.clear()
            try:
                more = self._look() == _ENOUGH
            except (httpx.HTTPError, JournalUnavailable) as error:
                log.warning("the page cannot read its list", why=str(error))
                more = True
                self._clock.wait(_AGAIN_S, self._stop)
            if more:
                self._changed.set()

    def _look(self) -> int:
        """How much was new in the list."""
        new, began = self._committed(), self._clock.monotonic()
        self._reader.incidents()
        at = self._clock.monotonic()
        self.read_s.append(at - began)
        self.shown += [Shown(site, incident, sequence, at) for _, site, incident, sequence in new]
        self._position = new[-1][0] if new else self._position
        return len(new)

    def _committed(self) -> list[tuple[int, str, UUID, int]]:
        """What is in the journal by now, behind what was seen before, in its order."""
        query = (
            select(feed.c.position, site_incidents.c.site, site_incidents.c.incident, events.c.sequence)
            .join(events, feed.c.event == events.c.id)
            .join(site_incidents, site_incidents.c.here == feed.c.incident)
            .where(feed.c.position > self._position)
            .order_by(feed.c.position)
            .limit(_ENOUGH)
        )
        with reading(self._engine) as connection:
            return [(row.position, row.site, row.incident, row.sequence) for row in connection.execute(query)]
