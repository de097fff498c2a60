"""/api/incidents/ID/past: what was at the same door in the last thirty days, in short."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from vigilanza.clock import Clock
from vigilanza.domain.account import Account
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.events import Severity
from vigilanza.domain.role import Permission
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.history import Past
from vigilanza.store.sought import Outcome, Wanted
from vigilanza.web.auth import SignedIn
from vigilanza.web.permit import needs
from vigilanza.web.present import work_order
from vigilanza.web.stores import Stores
from vigilanza.web.viewings import Viewings

SPAN_S = 30 * 86400.0
SHOWN = 12
"""The newest; the counts are of all."""


class PastRoutes:
    """The viewing is in the audit chain before anything is told."""

    def __init__(self, *, stores: Stores, viewings: Viewings, clock: Clock) -> None:
        self._queries, self._history, self._orders = stores.queries, stores.history, stores.orders
        self._viewings, self._clock = viewings, clock

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router, may = APIRouter(tags=["history"]), [needs(Permission.SEE_HISTORY)]
        router.get("/api/incidents/{incident_id}/past", dependencies=may)(self.past)
        return router

    def past(self, incident_id: UUID, account: SignedIn) -> dict[str, Any]:
        """Of its door (or of its camera's doors) in the last thirty days, without itself, the newest first. Audited.

        `counts` are of all: incidents of at least ALARM by outcome, what was only ATTENTION, incidents of the camera
        itself, visits; `entries` the newest 12. What a visit covered (INFO) is told by the visit. Without `see_visits`
        there are none.
        """
        view = self._queries.incident(incident_id)
        if view is None:
            raise UnknownRecord(f"no incident {incident_id}")
        self._viewings.write(account.name, "incident.past_viewed", str(incident_id))
        now = self._clock.now()
        span = Wanted(since=now - SPAN_S, until=now, severity=Severity.ATTENTION, without=incident_id)
        doors = replace(span, of_camera=False)
        here = replace(doors, camera=view.camera) if view.door is None else replace(doors, doors=(view.door,))
        itself = replace(span, of_camera=True, camera=view.camera)
        orders = self._visits(view.door, account, span)
        entries = [self._entry(one) for wanted in (here, itself) for one in self._history.page(wanted, limit=SHOWN)]
        entries += [{"what": "visit", "at": order.starts_at} | work_order(order) for order in orders[:SHOWN]]
        entries.sort(key=lambda entry: -float(entry["at"]))
        return {
            "from": span.since,
            "to": span.until,
            "door": view.door,
            "camera": view.camera,
            "counts": self._counts(here, itself) | {"visits": len(orders)},
            "entries": entries[:SHOWN],
        }

    def _visits(self, door: str | None, account: Account, span: Wanted) -> list[WorkOrder]:
        if door is None or not account.may(Permission.SEE_VISITS):
            return []
        return self._orders.at_door(door, since=span.since, until=span.until)

    def _counts(self, here: Wanted, itself: Wanted) -> dict[str, int]:
        count, loud = self._history.count, replace(here, severity=Severity.ALARM)
        told = {outcome.value: count(replace(loud, outcome=outcome)) for outcome in Outcome}
        return told | {"attention": count(here) - sum(told.values()), "camera": count(itself)}

    @staticmethod
    def _entry(one: Past) -> dict[str, Any]:
        quiet = "attention" if one.severity is Severity.ATTENTION else "incident"
        return {
            "what": "camera" if one.door is None else quiet,
            "at": one.first_at,
            "id": str(one.id),
            "door": one.door,
            "kind": one.kind.value,
            "severity": one.severity.value,
            "outcome": one.outcome.value,
            "avs": one.avs,
            "reason": None if one.reason is None else one.reason.value,
            "last_step": None if one.stage is None else one.stage.value,
        }
