"""/api/workorders: authorised visits, granted and ended by the operator who is signed in."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.clock import Clock
from vigilanza.domain.door import Role
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.grant import check_door
from vigilanza.domain.moment import read_moment
from vigilanza.domain.role import Permission
from vigilanza.store.workorders import WorkOrders
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.present import work_order

PAST_LIMIT = 200
Moment = Annotated[
    float | Annotated[str, StringConstraints(max_length=40)],
    Field(description="UTC in Unix seconds, or ISO 8601; without an offset the site's time."),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewOrder(_Body):
    """A visit to the unit behind one sealed door, granted by the operator who sends this."""

    door: Text
    begin: Annotated[Moment, Field(alias="from")]
    end: Annotated[Moment, Field(alias="to")]
    who: Text
    reason: Text
    id: Annotated[Text | None, Field(description="An id of your own; without it the order gets the next number.")] = (
        None
    )


class Extension(_Body):
    """The new, later end."""

    end: Annotated[Moment, Field(alias="to")]


class WorkOrderRoutes:
    """Every act is audited by the store in the transaction that does it.

    The list is not audited: every signed-in page reads it again at each change, without anybody asking.
    """

    def __init__(self, *, orders: WorkOrders, doors: Mapping[str, Role], clock: Clock, timezone: str) -> None:
        self._orders, self._doors, self._clock = orders, doors, clock
        self._zone = ZoneInfo(timezone)

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/workorders", tags=["work orders"])
        router.get("", dependencies=[needs(Permission.SEE_VISITS)])(self.listed)
        router.post("", dependencies=[needs(Permission.GRANT_VISITS)])(self.add)
        router.get("/{order_id}", dependencies=[needs(Permission.SEE_VISITS)])(self.one)
        router.post("/{order_id}/extend", dependencies=[needs(Permission.GRANT_VISITS)])(self.extend)
        router.post("/{order_id}/end", dependencies=[needs(Permission.GRANT_VISITS)])(self.end)
        return router

    def listed(self, _: Operator, past: bool = False) -> dict[str, Any]:
        """The orders that run, those planned and, if asked for, the latest that have ended. Not audited."""
        now = self._clock.now()
        answer = {
            "now": now,
            "doors": sorted(door for door, role in self._doors.items() if role is Role.SEALED),
            "running": [work_order(order) for order in self._orders.running(now)],
            "planned": [work_order(order) for order in self._orders.planned(now)],
        }
        return (
            answer | {"past": [work_order(order) for order in self._orders.past(now, PAST_LIMIT)]} if past else answer
        )

    def one(self, order_id: str, _: Operator) -> dict[str, Any]:
        """One order with its history: who granted, extended or ended it, and until when it ran from then on."""
        order = self._orders.of(order_id)
        acts = [
            {"at": act.at, "by": act.by, "what": act.what, "to": act.ends_at} for act in self._orders.history(order.id)
        ]
        return work_order(order) | {"history": acts}

    def add(self, body: NewOrder, operator: Operator) -> dict[str, Any]:
        """Grant an order in this operator's name. Audited."""
        check_door(body.door, self._doors)
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
