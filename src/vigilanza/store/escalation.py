"""What happens to a debt that is not paid in time: another way is tried, then a person is asked to telephone."""

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine, Row, Select, bindparam, exists, or_, select

from vigilanza.domain.alert import TEST_TYPE
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.store import ledger
from vigilanza.store.database import reading, writing
from vigilanza.store.schema_bridge import deliveries
from vigilanza.store.tasks import ask_to_phone


def escalate(engine: Engine, destination: Destination, now: float, *, after: float, only_urgent: bool) -> list[UUID]:
    """See `Outbox.escalate`."""
    times = {"to": destination.id, "before": now - after, "behind": now + after}
    with reading(engine) as connection:
        if connection.execute(_overdue(only_urgent, limit=1), times).first() is None:
            return []
    with writing(engine) as connection:
        rows = list(connection.execute(_overdue(only_urgent, limit=None), times))
        for row in rows:
            ledger.change(connection, row, {"escalated_at": now}, now=now, what="escalated")
            if row.urgent and row.type != TEST_TYPE:
                _call_for_help(connection, row, destination, now)
    return [row.id for row in rows]


@cache
def _overdue(only_urgent: bool, *, limit: int | None) -> Select[Any]:
    late = [
        deliveries.c.destination == bindparam("to"),
        ledger.is_owed(deliveries),
        deliveries.c.escalated_at.is_(None),
        # A time that is still to come was written before the clock was set back: nobody knows how long ago.
        or_(deliveries.c.queued_at < bindparam("before"), deliveries.c.queued_at > bindparam("behind")),
        # What was held back on purpose until now is not late before it was tried.
        or_(deliveries.c.urgent, deliveries.c.attempt > 0),
    ]
    if only_urgent:
        late.append(deliveries.c.urgent)
    return select(deliveries).where(*late).order_by(deliveries.c.position).limit(limit)


def _call_for_help(connection: Connection, row: Row[Any], destination: Destination, now: float) -> None:
    fallback = destination.fallback
    if fallback is None or row.stands_in_for is not None:
        # Nobody is telephoned about what no person has confirmed.
        if destination.kind is DestinationKind.CONTROL_ROOM:
            ask_to_phone(connection, row, now)
        return
    told = exists().where(
        deliveries.c.destination == fallback,
        deliveries.c.incident == row.incident,
        deliveries.c.type == row.type,
        deliveries.c.at == row.at,
    )
    if connection.execute(select(told)).scalar():
        return
    alert = ledger.alert_of(row, ())
    copy = replace(
        alert,
        id=uuid5(alert.id, f"fallback/{fallback}"),
        destination=fallback,
        sequence=ledger.Numbers(connection, alert.incident).take(fallback),
    )
    ledger.queue(connection, [copy], now=now, stands_in_for=alert.id)
