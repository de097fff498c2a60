"""/api/incidents: the list, one incident, and the operator's decision about it."""

import threading
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from vigilanza.clock import Clock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.role import Permission
from vigilanza.store.queries import IncidentView
from vigilanza.web.auth import Operator
from vigilanza.web.exports import present_handover
from vigilanza.web.holds import present_hold
from vigilanza.web.permit import needs
from vigilanza.web.present import blind_cameras, in_order, incident_brief, incident_detail, waiting_together
from vigilanza.web.problem import Problem
from vigilanza.web.site import Site
from vigilanza.web.steps import present_steps
from vigilanza.web.stores import Stores
from vigilanza.web.viewings import Viewings

LIMIT = 200


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    replaces: Annotated[
        UUID | None,
        Field(description="The id of the decision this one replaces; without it a decided incident is refused (409)."),
    ] = None


class Confirmation(_Body):
    """ANSI/TMA-AVS-01 score: 1 cannot be verified, 2 person present, 3 threat to property, 4 threat to life."""

    avs: Literal[1, 2, 3, 4]


class Rejection(_Body):
    """One of the closed list of reasons."""

    reason: RejectReason


class IncidentRoutes:
    """Opening an incident is audited before the answer leaves; a decision and its audit record are one transaction.

    The list is not audited: every signed-in page reads it again at each change, without anybody asking. It tells door,
    camera, times, severity, the latest decision and its operator; no pictures, no evidence.
    """

    def __init__(self, *, stores: Stores, site: Site, viewings: Viewings, clock: Clock) -> None:
        self._queries, self._journal = stores.queries, stores.journal
        self._orders, self._holds = stores.orders, stores.holds
        self._exports, self._aftermath = stores.exports, stores.aftermath
        self._viewings, self._clock = viewings, clock
        self._zone, self._cameras, self._term = ZoneInfo(site.timezone), site.cameras, site.retention_hours * 3600.0
        self._deciding = threading.Lock()

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/incidents", tags=["incidents"])
        router.get("", dependencies=[needs(Permission.SEE_INCIDENTS)])(self.latest)
        router.get("/{incident_id}", dependencies=[needs(Permission.SEE_INCIDENTS)])(self.one)
        router.post("/{incident_id}/confirm", dependencies=[needs(Permission.DECIDE)])(self.confirm)
        router.post("/{incident_id}/reject", dependencies=[needs(Permission.DECIDE)])(self.reject)
        return router

    def latest(self, _: Operator) -> dict[str, Any]:
        """Those that wait for a decision, most urgent first; then the decided ones, newest first. Not audited.

        `together` is the same id for cameras that were hit at once, and null for all else.
        """
        views = self._queries.incidents(LIMIT)
        together = waiting_together(views)
        return {
            "now": self._clock.now(),
            "limit": LIMIT,
            "cameras_blind": blind_cameras(views, self._cameras),
            "incidents": [incident_brief(view) | {"together": together.get(view.id)} for view in in_order(views)],
        }

    def one(self, incident_id: UUID, operator: Operator) -> dict[str, Any]:
        """One incident with its events, evidence, media, decisions, deliveries, steps, holds and exports. Audited.

        `pictures_until`: when the first of them reach the end of their term; without a hold they are deleted then.
        """
        view = self._view(incident_id)
        self._viewings.write(operator, "incident.viewed", str(incident_id))
        return self._detail(view)

    def confirm(self, incident_id: UUID, body: Confirmation, operator: Operator) -> dict[str, Any]:
        """Confirm with an AVS score; the alerts this owes are committed with it. Audited."""
        return self._decide(incident_id, operator, body.replaces, avs=body.avs, reason=None)

    def reject(self, incident_id: UUID, body: Rejection, operator: Operator) -> dict[str, Any]:
        """Reject with a reason. Audited."""
        return self._decide(incident_id, operator, body.replaces, avs=None, reason=body.reason)

    def _decide(
        self, incident_id: UUID, operator: str, replaces: UUID | None, *, avs: int | None, reason: RejectReason | None
    ) -> dict[str, Any]:
        # One at a time, so that of two operators who decide at once the second one is told.
        with self._deciding:
            standing = self._view(incident_id).decision
            if (None if standing is None else standing.id) != replaces:
                raise Problem(409, "already_decided", "this incident was decided by somebody else meanwhile")
            decision = Decision(incident=incident_id, operator=operator, at=self._clock.now(), avs=avs, reason=reason)
            self._journal.decide(decision)
        return self._detail(self._view(incident_id))

    def _detail(self, view: IncidentView) -> dict[str, Any]:
        named = self._orders.named({event.order for event in view.events if event.order is not None})
        here = [order for order in self._orders.running(self._clock.now()) if order.door == view.door]
        detail = incident_detail(view, [*named, *(order for order in here if order not in named)], self._zone)
        first = min((item.end for item in view.media), default=None)
        confirmed = view.decision is not None and view.decision.confirmed
        steps = present_steps(self._aftermath.of(view.id), confirmed=confirmed)
        return detail | {
            **steps,
            "holds": [present_hold(hold) for hold in self._holds.of(view.id)],
            "exports": [present_handover(one) for one in self._exports.of(view.id)],
            "exports_possible": self._exports.is_open,
            "pictures_until": None if first is None else first + self._term,
            "pictures_deleted_at": self._queries.pictures_deleted_at(view.id),
        }

    def _view(self, incident_id: UUID) -> IncidentView:
        view = self._queries.incident(incident_id)
        if view is None:
            raise UnknownRecord(f"no incident {incident_id}")
        return view
