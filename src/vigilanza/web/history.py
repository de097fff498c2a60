"""/api/history and /api/statistics: the archive; every question is in the audit chain before it is answered."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from vigilanza.clock import Clock
from vigilanza.domain.aftermath import OUTCOMES, SENT, Step
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.moment import write_moment
from vigilanza.domain.role import Permission
from vigilanza.store.history import Past
from vigilanza.store.sought import Mark, Wanted
from vigilanza.web.auth import Operator
from vigilanza.web.csvfile import csv_bytes
from vigilanza.web.figures import Observed, false_alarms, latencies, sums
from vigilanza.web.figuretable import COLUMNS, figure_rows
from vigilanza.web.followed import followed, handed_over
from vigilanza.web.permit import needs
from vigilanza.web.problem import Problem
from vigilanza.web.site import Site
from vigilanza.web.stores import Stores
from vigilanza.web.wanted import PagedSearch, Reader, Search, Where, read_mark, write_mark

PAGE = 100
MOST = 20_000
"""As many incidents are exported or summed at once: more are refused, none is left out unsaid."""
_COLUMNS = (
    *("id", "opened_at", "last_at", "open", "camera", "door", "stair", "site", "kind", "severity"),
    *("outcome", "avs", "reason", "decided_by", "decided_at"),
    *("last_step", "found", "dispatched_at", "on_site_at", "resecured_at", "ended_at", "calls", "handover_notes"),
)
_TIMES = [name for name in _COLUMNS if name.endswith("_at")]


class HistoryRoutes:
    """No pictures, no evidence: opening an incident for these is audited for itself."""

    def __init__(self, *, stores: Stores, site: Site, clock: Clock) -> None:
        self._history, self._audit, self._handovers = stores.history, stores.audit, stores.handovers
        self._site, self._clock = site, clock
        self._zone = ZoneInfo(site.timezone)
        self._reader = Reader(stairs=site.stairs, zone=self._zone)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router, may = APIRouter(tags=["history"]), [needs(Permission.SEE_HISTORY)]
        router.get("/api/history", dependencies=may)(self.search)
        csv: dict[int | str, Any] = {200: {"content": {"text/csv": {}}, "description": "RFC 4180, UTF-8 with BOM"}}
        router.get("/api/history.csv", dependencies=may, response_class=Response, responses=csv)(self.export)
        router.get("/api/statistics", dependencies=may)(self.statistics)
        router.get("/api/statistics.csv", dependencies=may, response_class=Response, responses=csv)(self.table)
        return router

    def search(self, asked: Annotated[PagedSearch, Query()], operator: Operator) -> dict[str, Any]:
        """Incidents that began in a span of time, the newest first, 100 at a time: `next` is the next `after`. Audited.

        `count` is of all pages; `places` what may be chosen from.
        """
        wanted = self._reader.wanted(asked, self._clock.now())
        below = None if asked.after is None else read_mark(asked.after)
        self._write(operator, "history.searched", asked, wanted)
        found = self._history.page(wanted, limit=PAGE + 1, below=below)
        shown, more = found[:PAGE], len(found) > PAGE
        return {
            "from": wanted.since,
            "to": wanted.until,
            "count": self._history.count(wanted),
            "next": write_mark(Mark(shown[-1].first_at, shown[-1].id)) if more else None,
            "incidents": [self._past(one) for one in shown],
            "places": self._places(),
        }

    def export(self, asked: Annotated[Search, Query()], operator: Operator) -> Response:
        """The same as a table for spreadsheets; at most 20 000 incidents, more are refused with 422. Audited."""
        wanted = self._reader.wanted(asked, self._clock.now())
        self._write(operator, "history.exported", asked, wanted)
        return self._file("vigilanza", _COLUMNS, (self._cells(one) for one in self._all(wanted)), wanted)

    def statistics(self, asked: Annotated[Where, Query()], operator: Operator) -> dict[str, Any]:
        """Sums of all incidents of a span and place, false alarms per camera-day, seconds to the receipt. Audited.

        Observed is from the first incident of all, or `from` if that is later, to now, or `to` if that is earlier, by
        every camera configured (one, if `camera` is given); nothing is said per camera-day of a door or a stair.
        `blind_test`: the evaluation that the configuration names, if any, whatever the span.
        """
        now = self._clock.now()
        wanted = self._reader.wanted(asked, now)
        self._write(operator, "history.counted", asked, wanted)
        return self._counted(wanted, now)

    def table(self, asked: Annotated[Where, Query()], operator: Operator) -> Response:
        """The same as a table for spreadsheets: a row for each figure. Audited."""
        now = self._clock.now()
        wanted = self._reader.wanted(asked, now)
        self._write(operator, "history.exported", asked, wanted)
        return self._file("vigilanza-statistics", COLUMNS, figure_rows(self._counted(wanted, now)), wanted)

    def _counted(self, wanted: Wanted, now: float) -> dict[str, Any]:
        past, blind_test = list(self._all(wanted)), self._site.blind_test()
        return {
            "from": wanted.since,
            "to": wanted.until,
            "count": len(past),
            "sums": sums(past, zone=self._zone, since=wanted.since, until=wanted.until),
            "false_alarms": None if wanted.doors is not None else false_alarms(past, self._observed(wanted, now)),
            "latency": latencies(self._history.paid(wanted)),
            "aftermath": followed(past),
            "handover": handed_over(self._handovers.between(wanted.since, wanted.until)),
            "blind_test": None if blind_test is None else blind_test.as_json(),
        }

    def _file(self, what: str, columns: Sequence[str], rows: Iterable[Sequence[str]], wanted: Wanted) -> Response:
        name = f'attachment; filename="{what}-{self._day(wanted.since)}-{self._day(wanted.until - 1e-3)}.csv"'
        content = csv_bytes(columns, rows)
        return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})

    def _write(self, operator: str, action: str, asked: Where, wanted: Wanted) -> None:
        try:
            self._audit.append(who=operator, action=action, subject="history", detail=self._reader.told(asked, wanted))
        except JournalUnavailable as error:
            raise Problem(503, "audit_unavailable", "the audit chain does not answer: nothing is shown") from error

    def _all(self, wanted: Wanted) -> list[Past]:
        if self._history.count(wanted) > MOST:
            raise Problem(422, "too_many", f"more than {MOST} incidents: ask for a shorter time", field="from")
        return list(self._history.all(wanted))

    def _observed(self, wanted: Wanted, now: float) -> Observed:
        first, until = self._history.first_at(), min(wanted.until, now)
        since = until if first is None else min(max(wanted.since, first), until)
        return Observed(1 if wanted.camera is not None else len(self._places()["cameras"]), since, until)

    def _places(self) -> dict[str, list[str]]:
        """Cameras are those configured, where that is known; doors also those of the past."""
        cameras, doors = self._history.places()
        return {
            "cameras": cameras if self._site.cameras is None else sorted(self._site.cameras),
            "doors": sorted({*doors, *self._site.doors}),
            "stairs": sorted(set(self._site.stairs.values())),
        }

    def _past(self, one: Past) -> dict[str, Any]:
        return {
            "id": str(one.id),
            "opened_at": one.first_at,
            "last_at": one.last_at,
            "open": one.open,
            "camera": one.camera,
            "door": one.door,
            "stair": None if one.door is None else self._site.stairs.get(one.door),
            "kind": one.kind.value,
            "severity": one.severity.value,
            "outcome": one.outcome.value,
            "avs": one.avs,
            "reason": None if one.reason is None else one.reason.value,
            "decided_by": one.decided_by,
            "decided_at": one.decided_at,
            **_followed(one),
        }

    def _cells(self, one: Past) -> list[str]:
        row = self._past(one) | {"open": "yes" if one.open else "no", "site": self._site.place.site}
        for name in _TIMES:
            row[name] = None if row[name] is None else write_moment(row[name], self._zone)
        return ["" if row[name] is None else str(row[name]) for name in _COLUMNS]

    def _day(self, at: float) -> str:
        return write_moment(at, self._zone)[:10]


def _followed(one: Past) -> dict[str, Any]:
    """What was done after a confirmation: `found` is the latest outcome noted, `ended_at` when it was closed last."""
    found = next((step.what.value for step in reversed(one.steps) if step.what in OUTCOMES), None)
    ended = next((step.at for step in reversed(one.steps) if step.what is Step.CLOSED), None)
    return {
        "last_step": None if one.stage is None else one.stage.value,
        "found": found,
        "dispatched_at": one.first(SENT),
        "on_site_at": one.first({Step.ON_SITE}),
        "resecured_at": one.first({Step.RESECURED}),
        "ended_at": ended,
        "calls": one.calls,
        "handover_notes": one.notes,
    }
