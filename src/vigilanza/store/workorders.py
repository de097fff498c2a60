"""Work orders: who granted which visit, and who changed it."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, exists, func, or_, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.grant import check_end, check_extension, check_grant
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.database import reading, writing
from vigilanza.store.orderrows import (
    ADDED,
    ENDED,
    EXTENDED,
    ORDERS,
    change_end,
    find_order,
    insert_order,
    note,
    order_of,
    site_of_door,
)
from vigilanza.store.schema import work_order_changes, work_orders
from vigilanza.store.schema_centre import centre_orders, site_orders

LISTED_MAX = 1000
"""At most so many are listed at once, which is more than anybody reads."""


@dataclass(frozen=True, slots=True)
class WorkOrderChange:
    """One act on an order: `by` whom, `what` (added, extended, ended), until when it ran from then on."""

    at: float
    by: str
    what: str
    ends_at: float


class WorkOrders:
    """Every act is written with the person's name, and into the audit chain, in the transaction that does it.

    Every method may raise JournalUnavailable. Times are UTC in Unix seconds.
    """

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def add(
        self,
        *,
        door: str,
        starts_at: float,
        ends_at: float,
        who: str,
        reason: str,
        granted_by: str,
        order_id: str | None = None,
    ) -> WorkOrder:
        """Grant an order; without `order_id` it gets the next number. WorkOrderRefused if it cannot be."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            order = WorkOrder(
                order_id or _next_id(connection, "WO" if site_of_door(door) is None else "CO"),
                door,
                starts_at,
                ends_at,
                who.strip(),
                reason.strip(),
                granted_by,
                now,
            )
            check_grant(order, now)
            if _is_taken(connection, order.id):
                raise WorkOrderRefused("id", f"there is already a work order {order.id}")
            insert_order(connection, order)
            detail = {"door": door, "from": starts_at, "to": ends_at, "who": order.who, "reason": order.reason}
            note(connection, order, ADDED, by=granted_by, at=now, detail=detail)
            return find_order(connection, order.id)

    def extend(self, order_id: str, *, until: float, by: str) -> WorkOrder:
        """Let an order that has not ended run longer. UnknownRecord; WorkOrderRefused if it cannot be."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            order = _ours(connection, order_id)
            check_extension(order, until, by, now)
            detail = {"door": order.door, "to": until, "before": order.ends_at}
            return _change_end(connection, order, until, EXTENDED, by=by, at=now, detail=detail)

    def end(self, order_id: str, *, by: str) -> WorkOrder:
        """End an order now, or call off one that has not begun. UnknownRecord; WorkOrderRefused if it has ended."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            order = _ours(connection, order_id)
            check_end(order, by, now)
            detail = {"door": order.door, "before": order.ends_at}
            return _change_end(connection, order, now, ENDED, by=by, at=now, detail=detail)

    def of(self, order_id: str) -> WorkOrder:
        """One order. UnknownRecord if there is none."""
        with reading(self._engine) as connection:
            return find_order(connection, order_id)

    def running(self, now: float) -> list[WorkOrder]:
        """Those that cover their door at `now`, the first to end first."""
        return self._listed(_begun(now), _unended(now), by=work_orders.c.ends_at, limit=LISTED_MAX)

    def planned(self, now: float) -> list[WorkOrder]:
        """Those that have not begun at `now`, the first to begin first."""
        return self._listed(~_begun(now), _unended(now), by=work_orders.c.starts_at, limit=LISTED_MAX)

    def past(self, now: float, limit: int = 200) -> list[WorkOrder]:
        """Those that have ended at `now`, the last to end first."""
        return self._listed(~_unended(now), by=work_orders.c.ends_at.desc(), limit=limit)

    def unconfirmed(self, now: float) -> list[WorkOrder]:
        """Those that have ended at `now`, of which a site has not confirmed that it knows; the last to end first."""
        owed = site_orders.c.confirmed < site_orders.c.revision
        return self._listed(~_unended(now), owed, by=work_orders.c.ends_at.desc(), limit=LISTED_MAX)

    def needed(self, now: float, *, since: float, ahead: float, limit: int) -> list[WorkOrder]:
        """Those that cover any of the time from `since` seconds ago to `ahead` seconds on, the first to begin first."""
        return self._listed(_begun(now + ahead), _unended(now - since), by=work_orders.c.starts_at, limit=limit)

    def at_door(self, door: str, *, since: float, until: float) -> list[WorkOrder]:
        """Those that covered the door at some time in since <= time < until, the last to begin first."""
        here = (work_orders.c.door == door, work_orders.c.starts_at < until, _unended(since))
        return self._listed(*here, by=work_orders.c.starts_at.desc(), limit=LISTED_MAX)

    def between(self, since: float, until: float) -> list[WorkOrder]:
        """Those that cover any of since <= time < until, the first to begin first; none that was called off."""
        there = (work_orders.c.starts_at < until, _unended(since), work_orders.c.ends_at > work_orders.c.starts_at)
        return self._listed(*there, by=work_orders.c.starts_at, limit=LISTED_MAX)

    def named(self, ids: set[str]) -> list[WorkOrder]:
        """Those of these ids that exist."""
        return self._listed(work_orders.c.id.in_(sorted(ids)), by=work_orders.c.starts_at) if ids else []

    def history(self, order_id: str) -> list[WorkOrderChange]:
        """What was done to an order, oldest first."""
        mine = select(work_order_changes).where(work_order_changes.c.work_order == order_id)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(work_order_changes.c.position))
            return [WorkOrderChange(row.at, row.by, row.what, row.ends_at) for row in rows]

    def _listed(self, *which: ColumnElement[bool], by: ColumnElement[Any], limit: int | None = None) -> list[WorkOrder]:
        wanted = ORDERS.where(*which).order_by(by, work_orders.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [order_of(row) for row in connection.execute(wanted)]


def _begun(now: float) -> ColumnElement[bool]:
    return work_orders.c.starts_at <= now


def _unended(now: float) -> ColumnElement[bool]:
    return work_orders.c.ends_at > now


def _next_id(connection: Connection, prefix: str) -> str:
    """Numbers are given in order; safe because a writer is alone."""
    number = int(connection.execute(select(func.count()).select_from(work_orders)).scalar_one())
    while True:
        number += 1
        name = f"{prefix}-{number:04d}"
        if not _is_taken(connection, name):
            return name


def _is_taken(connection: Connection, order_id: str) -> bool:
    ours = exists().where(work_orders.c.id == order_id)
    of_centre = exists().where(centre_orders.c.work_order == order_id)
    return bool(connection.execute(select(or_(ours, of_centre))).scalar())


def _ours(connection: Connection, order_id: str) -> WorkOrder:
    order = find_order(connection, order_id)
    if order.centre is not None:
        raise WorkOrderRefused("id", f"{order.centre} granted it: it is extended and ended there")
    return order


def _change_end(
    connection: Connection, order: WorkOrder, until: float, what: str, *, by: str, at: float, detail: dict[str, object]
) -> WorkOrder:
    change_end(connection, order, until)
    note(connection, replace(order, ends_at=until), what, by=by, at=at, detail=detail)
    return find_order(connection, order.id)
