"""/api/incidents: the list, one incident, and the operator's decision about it."""

import threading
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from vigilanza.clock import Clock
from vigilanza.domain.account import Account
from vigilanza.domain.callscript import spoken_number
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.role import Permission
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.queries import IncidentView
from vigilanza.web.address import present_address
from vigilanza.web.auth import Operator, SignedIn
from vigilanza.web.calls import NO_CALLS, present_calls
from vigilanza.web.exports import present_handover
from vigilanza.web.handover import present_note
from vigilanza.web.holds import present_hold
from vigilanza.web.permit import needs
from vigilanza.web.plans import present_plan
from vigilanza.web.present import (
    blind_cameras,
    in_order,
    incident_brief,
    incident_detail,
    waiting_in_storms,
    waiting_together,
)
from vigilanza.web.problem import Problem
from vigilanza.web.site import Site
from vigilanza.web.sitepictures import present_standing
from vigilanza.web.steps import present_steps
from vigilanza.web.stores import Stores
from vigilanza.web.viewings import Viewings

LIMIT = 200
REJECTIONS_IN_A_ROW = 10
"""After so many of one camera the next is not rejected by habit: an eleventh might be the one."""


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
    """One of the closed list of reasons. `looked_again`: the pictures were looked at once more, see `look_again`."""

    reason: RejectReason
    looked_again: bool = False


class IncidentRoutes:
    """Opening an incident is audited before the answer leaves; a decision and its audit record are one transaction.

    The list is not audited: every signed-in page reads it again at each change, without anybody asking. It tells door,
    camera, times, severity, the latest decision and its operator; no pictures, no evidence.
    """

    def __init__(self, *, stores: Stores, site: Site, viewings: Viewings, clock: Clock) -> None:
        self._queries, self._journal = stores.queries, stores.journal
        self._orders, self._holds = stores.orders, stores.holds
        self._exports, self._aftermath, self._handovers = stores.exports, stores.aftermath, stores.handovers
        self._site_pictures = stores.site_pictures
        self._viewings, self._clock, self._site = viewings, clock, site
        self._zone, self._cameras, self._term = ZoneInfo(site.timezone), site.cameras, site.retention_hours * 3600.0
        self._flagrante = site.flagrante_seconds
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

        `together` is the same id for cameras that were hit at once, and null for all else; `storm`: it waits, as one
        of more than three of its camera. `beyond`: how many more wait than are listed.
        """
        views = self._queries.incidents(LIMIT)
        together, storm = waiting_together(views), waiting_in_storms(views)
        return {
            "now": self._clock.now(),
            "limit": LIMIT,
            "beyond": max(0, self._queries.waiting() - LIMIT) if len(views) == LIMIT else 0,
            "cameras_blind": blind_cameras(views, self._cameras),
            "incidents": [
                incident_brief(view, flagrante=self._flagrante)
                | {"together": together.get(view.id), "storm": view.id in storm}
                for view in in_order(views)
            ],
        }

    def one(self, incident_id: UUID, account: SignedIn) -> dict[str, Any]:
        """One incident with its events, evidence, media, decisions, deliveries, steps, holds and exports. Audited.

        `orders` are visits to its door: none for those without `see_visits`; holds and exports: without `see_custody`;
        `handovers`, notes about it: without `hand_over`; `callees` and `script` of a call: without `follow_up`.
        `number` is how its id is read aloud; `plan` where it is, if a floor plan shows it; `outline`: of its door's
        leaf as it is drawn now, [x, y] in 0..1 of the picture, null where none is.
        `pictures_until`: when the first of them reach the end of their term; without a hold they are deleted then.
        `address`: where its door is, as far as the configuration tells.
        `at_site`: at a centre, how it stands with the pictures that lie at the incident's site; null of one's own.
        `look_again`: so many of its camera were rejected in a row that a rejection takes a second look.
        """
        view = self._view(incident_id)
        self._viewings.write(account.name, "incident.viewed", str(incident_id))
        return self._detail(view, account)

    def confirm(self, incident_id: UUID, body: Confirmation, account: SignedIn) -> dict[str, Any]:
        """Confirm with an AVS score; the alerts this owes are committed with it. Audited.

        Whoever asks again for the same, because the answer was lost, is answered alike: it is not done twice.
        """
        decision = Decision(incident_id, account.name, self._clock.now(), avs=body.avs)
        return self._decide(decision, body.replaces, account)

    def reject(self, incident_id: UUID, body: Rejection, account: SignedIn) -> dict[str, Any]:
        """Reject with a reason, as above. Where `look_again` is told, say `looked_again` (409 look_again)."""
        decision = Decision(incident_id, account.name, self._clock.now(), reason=body.reason)
        return self._decide(decision, body.replaces, account, by_habit=not body.looked_again)

    def _decide(
        self, decision: Decision, replaces: UUID | None, account: Account, *, by_habit: bool = False
    ) -> dict[str, Any]:
        # One at a time, so that of two operators who decide at once the second one is told.
        with self._deciding:
            view = self._view(decision.incident)
            if not _was_done(view, decision, replaces):
                if by_habit and self._is_habit(view):
                    words = f"the last {REJECTIONS_IN_A_ROW} of this camera were rejected: look again, say looked_again"
                    raise Problem(409, "look_again", words, field="looked_again")
                if (None if view.decision is None else view.decision.id) != replaces:
                    raise Problem(409, "already_decided", "this incident was decided by somebody else meanwhile")
                self._journal.decide(decision)
        return self._detail(self._view(decision.incident), account)

    def _detail(self, view: IncidentView, account: Account) -> dict[str, Any]:
        orders = self._orders_of(view) if account.may(Permission.SEE_VISITS) else []
        detail = incident_detail(view, orders, self._zone, flagrante=self._flagrante)
        standing = self._site_pictures.standing(view.id)
        ends = [item.end + self._term for item in view.media]
        if standing is not None and standing.until is not None:
            ends.append(standing.until)
        plans = self._site.plans if account.may(Permission.FOLLOW) else ()
        custody, tells = account.may(Permission.SEE_CUSTODY), account.may(Permission.HAND_OVER)
        avs = None if view.decision is None or not custody else view.decision.avs
        taken = self._aftermath.of(view.id) if custody else []
        return detail | {
            **present_steps(taken, avs=avs),
            **(present_calls(view, self._site) if account.may(Permission.FOLLOW_UP) else NO_CALLS),
            "handovers": [present_note(one) for one in self._handovers.of(view.id)] if tells else [],
            "address": present_address(self._site.place, view.door, view.camera),
            "plan": present_plan(plans, camera=view.camera, door=view.door),
            "outline": self._site.leaves.get(view.camera, {}).get(view.door or ""),
            "number": spoken_number(view.id),
            "holds": [present_hold(hold) for hold in self._holds.of(view.id)] if custody else [],
            "exports": [present_handover(one) for one in self._exports.of(view.id)] if custody else [],
            "exports_possible": self._exports.is_open,
            "at_site": present_standing(standing, self._site),
            "pictures_until": min(ends, default=None),
            "pictures_deleted_at": self._queries.pictures_deleted_at(view.id),
            "look_again": self._is_habit(view),
        }

    def _is_habit(self, view: IncidentView) -> bool:
        return self._queries.rejected_in_a_row(view.camera, REJECTIONS_IN_A_ROW) >= REJECTIONS_IN_A_ROW

    def _orders_of(self, view: IncidentView) -> list[WorkOrder]:
        """Those that its events name, then those that run at its door now."""
        told = self._orders.named({event.order for event in view.events if event.order is not None})
        named = [order for order in told if order.door == view.door]  # at a centre another site may have the same id
        here = [order for order in self._orders.running(self._clock.now()) if order.door == view.door]
        return [*named, *(order for order in here if order not in named)]

    def _view(self, incident_id: UUID) -> IncidentView:
        view = self._queries.incident(incident_id)
        if view is None:
            raise UnknownRecord(f"no incident {incident_id}")
        return view


def _was_done(view: IncidentView, wanted: Decision, replaces: UUID | None) -> bool:
    """Whether it stands already: by the same person, alike, in place of the same decision."""
    *before, standing = (None, *view.decisions)
    if standing is None or (before[-1].id if before[-1] is not None else None) != replaces:
        return False
    return replace(wanted, at=standing.at) == standing
