"""Work orders as their tables have them, and what every act on one writes besides."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.workorder import Passage, WorkOrder
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed
from vigilanza.store.schema import work_order_changes, work_orders
from vigilanza.store.schema_centre import centre_orders, site_orders

ADDED, EXTENDED, ENDED = "added", "extended", "ended"
ORDERS = (
    select(
        work_orders,
        centre_orders.c.centre,
        site_orders.c.site,
        (site_orders.c.confirmed >= site_orders.c.revision).label("known"),
        site_orders.c.why,
    )
    .outerjoin(centre_orders, centre_orders.c.work_order == work_orders.c.id)
    .outerjoin(site_orders, site_orders.c.work_order == work_orders.c.id)
)
"""With what `order_of` reads."""


def order_of(row: Row[Any]) -> WorkOrder:
    """A row of `ORDERS`."""
    values = {column.name: row._mapping[column.name] for column in work_orders.columns}
    passage = None if row.site is None else Passage(row.site, bool(row.known), row.why)
    return WorkOrder(**values, centre=row.centre, passage=passage)


def find_order(connection: Connection, order_id: str) -> WorkOrder:
    """UnknownRecord if there is none."""
    # A text with NUL is nobody's id, and nothing that PostgreSQL takes.
    row = None if "\0" in order_id else connection.execute(ORDERS.where(work_orders.c.id == order_id)).first()
    if row is None:
        raise UnknownRecord(f"no work order {order_id}")
    return order_of(row)


def insert_order(connection: Connection, order: WorkOrder) -> None:
    """A new one, without its note."""
    values = {column.name: getattr(order, column.name) for column in work_orders.columns}
    connection.execute(insert(work_orders).values(values))


def change_end(connection: Connection, order: WorkOrder, until: float) -> None:
    """Without its note."""
    connection.execute(update(work_orders).where(work_orders.c.id == order.id).values(ends_at=until))


def note(
    connection: Connection, order: WorkOrder, what: str, *, by: str, at: float, detail: Mapping[str, object]
) -> None:
    """An act on `order`, as it is from now on: in its history and the audit chain, and owed to the site of its door."""
    append_record(connection, at=at, who=by, action=f"work_order.{what}", subject=order.id, detail=detail)
    connection.execute(
        insert(work_order_changes).values(work_order=order.id, at=at, by=by, what=what, ends_at=order.ends_at)
    )
    if site := site_of_door(order.door):
        _owe(connection, order.id, site, by=by, at=at)
    mark_changed(connection)


def site_of_door(door: str) -> str | None:
    """The site that a door of a centre belongs to; None: it is one of this site's own."""
    site, slash, _ = door.partition("/")
    return site if slash else None


def _owe(connection: Connection, order_id: str, site: str, *, by: str, at: float) -> None:
    changed = {"revision": site_orders.c.revision + 1, "by": by, "changed_at": at, "why": None}
    mine = update(site_orders).where(site_orders.c.work_order == order_id)
    if connection.execute(mine.values(changed)).rowcount == 0:
        row = {"work_order": order_id, "site": site, "revision": 1, "by": by, "changed_at": at, "confirmed": 0}
        connection.execute(insert(site_orders).values(row))
