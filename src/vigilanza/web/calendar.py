"""/api/calendar: the work orders of one week, by the clock of the site."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from vigilanza.clock import Clock
from vigilanza.domain.door import Role
from vigilanza.domain.role import Permission
from vigilanza.store.workorders import WorkOrders
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.present import work_order

Day = Annotated[
    date | None,
    Query(ge=date(2000, 1, 1), le=date(2100, 1, 1), description="A day of the week in question; today by default."),
]


class CalendarRoutes:
    """Not audited, as the list of work orders is not: it tells the same."""

    def __init__(self, *, orders: WorkOrders, doors: Mapping[str, Role], clock: Clock, timezone: str) -> None:
        self._orders, self._clock, self._zone = orders, clock, ZoneInfo(timezone)
        self._doors = {door for door, role in doors.items() if role is Role.SEALED}

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router, may = APIRouter(tags=["work orders"]), [needs(Permission.SEE_VISITS)]
        router.get("/api/calendar", dependencies=may)(self.week)
        return router

    def week(self, _: Operator, day: Day = None) -> dict[str, Any]:
        """Monday to Sunday, with the orders that cover any of it, those that have ended, too. Not audited.

        `doors`: the sealed ones, and all others with orders in that week.
        """
        now = self._clock.now()
        asked = day or datetime.fromtimestamp(now, self._zone).date()
        monday = asked - timedelta(days=asked.weekday())
        days = [monday + timedelta(days=number) for number in range(8)]
        begins = [datetime.combine(one, time(), self._zone).timestamp() for one in days]
        orders = self._orders.during(since=begins[0], until=begins[-1])
        return {
            "now": now,
            "days": [
                {"day": one.isoformat(), "from": begin, "to": end}
                for one, begin, end in zip(days, begins, begins[1:], strict=False)
            ],
            "doors": sorted(self._doors | {order.door for order in orders}),
            "orders": [work_order(order) for order in orders],
        }
