"""The rows of the outbox, and how one is changed and told of.

Statements that every delivery needs are made once: putting one together takes longer than the database takes for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Update,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from vigilanza.domain.delivery import Alert, Delivery, DeliveryState, Earlier, Exchange
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.audit import append_record
from vigilanza.store.comeback import lowest_number
from vigilanza.store.database import mark_changed
from vigilanza.store.schema_bridge import deliveries, exchanges, transitions

PENDING, IN_FLIGHT, MERGED, ACKNOWLEDGED, REFUSED, WRITTEN_OFF = (state.value for state in DeliveryState)
OWED = (PENDING, IN_FLIGHT, REFUSED)
LONGEST_WAIT_SECONDS = 300.0
"""No attempt is due later than this: a due time beyond it means that the clock was set back."""


class Numbers:
    """The next sequence number of each destination within one incident; safe because a writer is alone.

    It leaps where the database came back from a backup since: the next ones may have been given already.
    `told`: the destinations that have a number.
    """

    def __init__(self, connection: Connection, incident: UUID) -> None:
        rows = connection.execute(
            select(deliveries.c.destination, func.max(deliveries.c.sequence).label("last"))
            .where(deliveries.c.incident == incident)
            .group_by(deliveries.c.destination)
        )
        self._last: dict[str, int] = {row.destination: row.last for row in rows}
        self._lowest = lowest_number(connection, incident)
        self.told = frozenset(self._last)

    def take(self, destination: str) -> int:
        """The next one."""
        self._last[destination] = max(self._last.get(destination, -1) + 1, self._lowest)
        return self._last[destination]


def queue(connection: Connection, alerts: Sequence[Alert], *, now: float, stands_in_for: UUID | None = None) -> None:
    """Owe each of `alerts` to its destination from now on."""
    for alert in alerts:
        connection.execute(
            insert(deliveries).values(
                id=alert.id,
                destination=alert.destination,
                incident=alert.incident,
                sequence=alert.sequence,
                type=alert.type,
                at=alert.at,
                data=alert.data,
                urgent=alert.urgent,
                queued_at=now,
                state=PENDING,
                attempt=0,
                due=now,
                stands_in_for=stands_in_for,
            )
        )
        log = {"delivery": alert.id, "at": now, "attempt": 0, "what": "queued", "detail": ""}
        connection.execute(_LOGGED, log)


_FOUND = select(deliveries).where(deliveries.c.id == bindparam("alert"))
CHANGED = update(deliveries).where(deliveries.c.position == bindparam("this"))
UNLESS_PAID = CHANGED.where(deliveries.c.state != ACKNOWLEDGED)
_CARRIED = select(deliveries).where(deliveries.c.merged_into == bindparam("carrier"), deliveries.c.state == MERGED)
_LOGGED = insert(transitions)
_KEPT = insert(exchanges)
_EARLIER = (
    select(deliveries.c.sequence, deliveries.c.type, deliveries.c.at)
    .where(
        deliveries.c.destination == bindparam("to"),
        deliveries.c.incident == bindparam("about"),
        deliveries.c.sequence < bindparam("before"),
        deliveries.c.state != WRITTEN_OFF,
        deliveries.c.merged_into.is_(None),
    )
    .order_by(deliveries.c.sequence)
)


def is_owed(of: FromClause) -> ColumnElement[bool]:
    """A delivery that is neither paid nor written off, nor carried by another one."""
    # Not IN, which is put together anew each time it is executed.
    return or_(*(of.c.state == state for state in OWED))


def change(
    connection: Connection,
    row: Row[Any],
    values: Mapping[str, object],
    *,
    now: float,
    what: str,
    detail: str = "",
    attempt: int | None = None,
    this: Update = CHANGED,
) -> bool:
    """Change one delivery and log the transition. `this` may have conditions more: False if they do not hold."""
    counted = connection.execute(this, {"this": row.position, **values}).rowcount == 1
    if attempt is None:
        attempt = int(str(values.get("attempt", row.attempt)))
    logged = what if counted else f"late_{what}"
    log = {"delivery": row.id, "at": now, "attempt": attempt, "what": logged, "detail": detail}
    connection.execute(_LOGGED, log)
    if counted:
        mark_changed(connection)
    return counted


def end_carried(connection: Connection, row: Row[Any], values: Mapping[str, object], *, now: float, what: str) -> None:
    """What an alert carries ends as it does."""
    for one in list(connection.execute(_CARRIED, {"carrier": row.id})):
        change(connection, one, values, now=now, what=what, detail=f"with {row.id}")


def audit(connection: Connection, row: Row[Any], *, now: float, who: str, action: str, said: str | None) -> None:
    """Into the audit chain, with what stood against the alert before."""
    debt = {"destination": row.destination, "incident": str(row.incident), "type": row.type, "before": row.why}
    append_record(connection, at=now, who=who, action=action, subject=str(row.id), detail=debt | {"said": said})


def said(by: str, why: str) -> str:
    """One line of both; ValueError if nobody is named, or nothing said."""
    if not by.strip():
        raise ValueError("a person must be named")
    if not why.strip() or "\0" in why:
        raise ValueError("that person says why, in plain text")
    return f"{by}: {why}"


def find(connection: Connection, alert_id: UUID) -> Row[Any]:
    """One delivery; UnknownRecord if there is none."""
    row = connection.execute(_FOUND, {"alert": alert_id}).first()
    if row is None:
        raise UnknownRecord(f"no alert {alert_id}")
    return row


def keep(connection: Connection, delivery: Delivery, exchange: Exchange | None, now: float) -> None:
    """What went over the line, counted or not: it did."""
    if exchange is not None:
        values = {"delivery": delivery.alert.id, "attempt": delivery.attempt, "at": now, **asdict(exchange)}
        connection.execute(_KEPT, values)


def earlier_of(connection: Connection, row: Row[Any]) -> tuple[Earlier, ...]:
    """The alerts before this one, of its destination and incident."""
    this = {"to": row.destination, "about": row.incident, "before": row.sequence}
    return tuple(Earlier(*found) for found in connection.execute(_EARLIER, this))


def alert_of(row: Row[Any], earlier: tuple[Earlier, ...]) -> Alert:
    """The alert of a row."""
    return Alert(
        id=row.id,
        destination=row.destination,
        incident=row.incident,
        sequence=row.sequence,
        type=row.type,
        at=row.at,
        data=row.data,
        urgent=row.urgent,
        earlier=earlier,
    )
