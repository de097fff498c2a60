"""/api/workorders: authorised visits, granted and ended by the operator who is signed in."""

from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from vigilanza.clock import Clock
from vigilanza.domain.door import Role
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.grant import check_door
from vigilanza.domain.moment import read_moment
from vigilanza.domain.role import Permission
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.workorders import WorkOrders
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.present import work_order
from vigilanza.web.problem import Problem
from vigilanza.web.site import Site
from vigilanza.web.wanted import Moment as Asked
from vigilanza.web.wanted import asked_moment

PAST_LIMIT = 200
LONGEST_S = 62 * 86400.0
"""Of a calendar: two months."""
Moment = Annotated[
    float | Annotated[str, StringConstraints(max_length=40)],
    Field(description="UTC in Unix seconds, or ISO 8601; without an offset the site's time."),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewOrder(_Body):
    """A visit to the unit behind one sealed door (at a centre SITE/DOOR), granted by the operator who sends this."""

    door: Text
    begin: Annotated[Moment, Field(alias="from")]
    end: Annotated[Moment, Field(alias="to")]
    who: Text
    reason: Text
    id: Annotated[Text | None, Field(description="An id of your own; without it the order gets the next number.")] = (
        None
    )


class Listed(_Body):
    """What is wanted besides the orders that run and those planned."""

    past: bool = False
    begin: Annotated[Asked | None, Field(alias="from", description="ISO 8601, without an offset the site's.")] = None
    end: Annotated[Asked | None, Field(alias="to", description="Not included; at most 62 days later.")] = None

    @model_validator(mode="after")
    def _both(self) -> "Listed":
        if (self.begin is None) != (self.end is None):
            raise ValueError("from and to go together")
        return self


class Extension(_Body):
    """The new, later end."""

    end: Annotated[Moment, Field(alias="to")]


class WorkOrderRoutes:
    """Every act is audited by the store in the transaction that does it.

    The list is not audited: every signed-in page reads it again at each change, without anybody asking.
    """

    def __init__(self, *, orders: WorkOrders, site: Site, clock: Clock) -> None:
        self._orders, self._doors, self._sites, self._clock = orders, site.doors, site.told, clock
        self._zone = ZoneInfo(site.timezone)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/workorders", tags=["work orders"])
        router.get("", dependencies=[needs(Permission.SEE_VISITS)])(self.listed)
        router.post("", dependencies=[needs(Permission.GRANT_VISITS)])(self.add)
        router.get("/{order_id}", dependencies=[needs(Permission.SEE_VISITS)])(self.one)
        router.post("/{order_id}/extend", dependencies=[needs(Permission.GRANT_VISITS)])(self.extend)
        router.post("/{order_id}/end", dependencies=[needs(Permission.GRANT_VISITS)])(self.end)
        return router

    def listed(self, asked: Annotated[Listed, Query()], _: Operator) -> dict[str, Any]:
        """The orders that run, those planned and, if asked for, the latest that have ended (`past`) and all that cover
        any of the time from `from` to `to` (`between`). `sites`: those that orders go to from a centre, whose doors are
        SITE/DOOR; `unconfirmed`: those that have ended, and of which such a site does not know it. Not audited.
        """
        now = self._clock.now()
        answer: dict[str, Any] = {
            "now": now,
            "doors": sorted(door for door, role in self._doors.items() if role is Role.SEALED),
            "sites": sorted(self._sites),
            "unconfirmed": [work_order(order) for order in self._orders.unconfirmed(now)],
            "running": [work_order(order) for order in self._orders.running(now)],
            "planned": [work_order(order) for order in self._orders.planned(now)],
        }
        if asked.past:
            answer["past"] = [work_order(order) for order in self._orders.past(now, PAST_LIMIT)]
        if asked.begin is not None and asked.end is not None:
            since, until = asked_moment(asked.begin, self._zone, "from"), asked_moment(asked.end, self._zone, "to")
            answer["between"] = [work_order(order) for order in self._between(since, until)]
        return answer

    def _between(self, since: float, until: float) -> Sequence[WorkOrder]:
        if not since < until <= since + LONGEST_S:
            raise Problem(422, "invalid", "to: it must be later than from, by at most 62 days", field="to")
        return self._orders.between(since, until)

    def one(self, order_id: str, _: Operator) -> dict[str, Any]:
        """One order with its history: who granted, extended or ended it, and until when it ran from then on."""
        order = self._orders.of(order_id)
        acts = [
            {"at": act.at, "by": act.by, "what": act.what, "to": act.ends_at} for act in self._orders.history(order.id)
        ]
        return work_order(order) | {"history": acts}

    def add(self, body: NewOrder, operator: Operator) -> dict[str, Any]:
        """Grant an order in this operator's name. Audited."""
        check_door(body.door, self._doors, self._sites)
        order = self._orders.add(
            door=body.door,
            starts_at=self._moment("from", body.begin),
            ends_at=self._moment("to", body.end),
            who=body.who,
            reason=body.reason,
            granted_by=operator,
            order_id=body.id,
        )
        return work_order(order)

    def extend(self, order_id: str, body: Extension, operator: Operator) -> dict[str, Any]:
        """Let an order that has not ended run longer, in this operator's name. Audited."""
        return work_order(self._orders.extend(order_id, until=self._moment("to", body.end), by=operator))

    def end(self, order_id: str, operator: Operator) -> dict[str, Any]:
        """End an order now, or call off one that has not begun, in this operator's name. Audited."""
        return work_order(self._orders.end(order_id, by=operator))

    def _moment(self, field: str, given: float | str) -> float:
        if isinstance(given, float):
            return given
        try:
            return read_moment(given, self._zone)
        except ValueError as error:
            raise WorkOrderRefused(field, str(error)) from error
