"""/api/audit: who did what, for those who watch over it."""

import json
import threading
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.moment import write_moment
from vigilanza.domain.role import Permission
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.auditlog import AuditLog, Sought
from vigilanza.store.evidence.finding import FINE, Finding
from vigilanza.web.auth import Operator
from vigilanza.web.csvfile import csv_bytes
from vigilanza.web.permit import needs
from vigilanza.web.problem import Problem
from vigilanza.web.viewings import Viewings
from vigilanza.web.wanted import Moment, Name, asked_moment

PAGE = 200
MOST = 20_000
"""As many records are exported at once: more are refused, none is left out unsaid."""
_COLUMNS = ("number", "at", "who", "action", "subject", "detail", "hash")
_CSV: dict[int | str, Any] = {200: {"content": {"text/csv": {}}, "description": "RFC 4180, UTF-8 with BOM"}}


class AuditSearch(BaseModel):
    """Which records; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: Annotated[Moment | None, Field(alias="from", description="ISO 8601, without an offset the site's.")] = None
    until: Annotated[Moment | None, Field(alias="to", description="Not included.")] = None
    who: Name | None = None
    action: Annotated[Name | None, Field(description="One, as incident.viewed, or all that begin so, as incident.")] = (
        None
    )
    subject: Name | None = None


class AuditPage(AuditSearch):
    """One page of them."""

    before: Annotated[int | None, Field(ge=1, le=2**62, description="Only records of a lower number.")] = None


class AuditRoutes:
    """Reading, searching, exporting and checking are in the chain, too, before they are answered."""

    def __init__(self, *, audit: AuditChain, log: AuditLog, viewings: Viewings, timezone: str) -> None:
        self._audit, self._log, self._viewings, self._zone = audit, log, viewings, ZoneInfo(timezone)
        self._checking = threading.Lock()

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router, may = APIRouter(tags=["audit"]), [needs(Permission.READ_AUDIT)]
        router.get("/api/audit", dependencies=may)(self.latest)
        router.get("/api/audit.csv", dependencies=may, response_class=Response, responses=_CSV)(self.export)
        router.post("/api/audit/check", dependencies=may)(self.check)
        return router

    def latest(self, asked: Annotated[AuditPage, Query()], operator: Operator) -> dict[str, Any]:
        """The newest records first, at most 200; ask again with the lowest `number` as `before`. Audited.

        `count` is of all pages.
        """
        sought = self._sought(asked)
        if sought == Sought():
            self._viewings.write(operator, "audit.viewed", "audit")
        else:
            self._write(operator, "audit.searched", self._told(asked, sought))
        return {
            "count": self._log.count(sought),
            "records": [
                _record(record) | {"detail": json.loads(record.detail)}
                for record in self._log.page(sought, limit=PAGE, before=asked.before)
            ],
        }

    def export(self, asked: Annotated[AuditSearch, Query()], operator: Operator) -> Response:
        """The same as a table for spreadsheets; at most 20 000 records, more are refused with 422. Audited.

        What proves that none is missing is `vigilanza audit export`.
        """
        sought = self._sought(asked)
        self._write(operator, "audit.exported", self._told(asked, sought))
        if self._log.count(sought) > MOST:
            raise Problem(422, "too_many", f"more than {MOST} records: ask for a shorter time", field="from")
        rows = (self._cells(record) for record in self._log.page(sought, limit=MOST + 1))
        name = 'attachment; filename="vigilanza-audit.csv"'
        content = csv_bytes(_COLUMNS, rows)
        return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})

    def check(self, operator: Operator) -> dict[str, Any]:
        """Whether all records are what was written, and fit their check points; one at a time (503 busy). Audited.

        Who signed the check points is for `vigilanza audit verify`, which has the key.
        """
        if not self._checking.acquire(blocking=False):
            raise Problem(503, "busy", "somebody is checking the chain now: try again", retry_after=5)
        try:
            self._write(operator, "audit.checked", {})
            findings = self._log.verify()
        finally:
            self._checking.release()
        return {
            "intact": not any(one.is_fault for one in findings),
            "findings": [{"code": one.code.value, "about": one.about, "state": _state(one)} for one in findings],
        }

    def _write(self, operator: str, action: str, detail: dict[str, str]) -> None:
        try:
            self._audit.append(who=operator, action=action, subject="audit", detail=detail)
        except JournalUnavailable as error:
            raise Problem(503, "audit_unavailable", "the audit chain does not answer: nothing is shown") from error

    def _sought(self, asked: AuditSearch) -> Sought:
        since = None if asked.since is None else asked_moment(asked.since, self._zone, "from")
        until = None if asked.until is None else asked_moment(asked.until, self._zone, "to")
        return Sought(since, until, asked.who, asked.action, asked.subject)

    def _told(self, asked: AuditSearch, sought: Sought) -> dict[str, str]:
        named = asked.model_dump(include={"who", "action", "subject"}, exclude_none=True)
        times = {"from": sought.since, "to": sought.until}
        return named | {name: write_moment(at, self._zone) for name, at in times.items() if at is not None}

    def _cells(self, record: AuditRecord) -> list[str]:
        row = _record(record) | {"at": write_moment(record.at, self._zone), "detail": record.detail}
        return [str(row[name]) for name in _COLUMNS]


def _state(finding: Finding) -> str:
    if finding.is_fault:
        return "fault"
    return "holds" if finding.code in FINE else "note"


def _record(record: AuditRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("number", "at", "who", "action", "subject", "hash")}
