"""/api/lines: how the way to each destination is, and a marked test over it."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.role import Permission
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines, LineState, path_line
from vigilanza.store.outbox import Outbox
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.site import Site

DestinationId = Annotated[str, Path(max_length=64)]
_ENDS = ("acknowledged", "refused", "written_off")


class LineRoutes:
    """A test is audited by the store in the transaction that owes it; the list is read again and again."""

    def __init__(self, *, lines: Lines, outbox: Outbox, journal: Journal, site: Site, clock: Clock) -> None:
        self._lines, self._outbox, self._journal, self._clock = lines, outbox, journal, clock
        self._destinations, self._paths = {one.id: one for one in site.destinations}, site.paths

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/lines", tags=["lines"])
        router.get("", dependencies=[needs(Permission.FOLLOW)])(self.all)
        router.post("/{destination_id}/test", dependencies=[needs(Permission.TEST_LINES)])(self.test)
        router.get("/tests/{alert_id}", dependencies=[needs(Permission.TEST_LINES)])(self.progress)
        return router

    def all(self, _: Operator) -> dict[str, Any]:
        """Each destination: whether it answers, since when, and what it is owed. Not audited.

        `line` is null where no relay has tried yet; `paths`: each of several ways to it.
        """
        known = {line.destination: line for line in self._lines.all()}
        return {"now": self._clock.now(), "lines": [self._tell(name, known) for name in self._destinations]}

    def test(self, destination_id: DestinationId, operator: Operator) -> dict[str, str]:
        """Owe the destination a marked test, on which nobody acts, in this operator's name. Audited."""
        destination = self._destinations.get(destination_id)
        if destination is None:
            raise UnknownRecord(f"no destination {destination_id}")
        return {"alert": str(self._journal.test(destination, incident=uuid4(), by=operator).id)}

    def progress(self, alert_id: UUID, _: Operator) -> dict[str, Any]:
        """What has become of a test, step by step; `ended`: nothing more will. Not audited."""
        steps = self._outbox.log_of(alert_id)
        if not steps:
            raise UnknownRecord(f"no alert {alert_id}")
        told = [_step(step) for step in steps]
        return {"steps": told, "ended": told[-1]["what"] in _ENDS}

    def _tell(self, name: str, known: dict[str, LineState]) -> dict[str, Any]:
        standing = self._outbox.standing(name)
        return {
            "destination": name,
            **_state(known.get(name)),
            "owed": standing.owed,
            "waiting_for_person": standing.refused,
            "oldest_queued_at": standing.oldest_queued_at,
            "last_receipt_at": self._outbox.last_receipt_at(name),
            "paths": [{"path": path, **_state(known.get(path_line(name, path)))} for path in self._paths.get(name, ())],
        }


def _step(said: str) -> dict[str, str]:
    """What `Outbox.log_of` says, e.g. "postponed 3: 503"."""
    head, _, detail = said.partition(": ")
    return {"what": head.partition(" ")[0], "detail": detail}


def _state(line: LineState | None) -> dict[str, Any]:
    return {
        "line": None if line is None else "up" if line.up else "down",
        "since": line and line.since,
        "heard_at": line and line.heard_at,
        "round_trip_seconds": line and line.seconds,
        "why": (line and line.why) or None,
    }
