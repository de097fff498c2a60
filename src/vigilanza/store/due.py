"""Which delivery is due: the order in which debts are paid.

Statements that every delivery needs are made once: putting one together takes longer than the database takes for it.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, bindparam, exists, func, or_, select

from vigilanza.store.ledger import IN_FLIGHT, LONGEST_WAIT_SECONDS, PENDING, is_owed
from vigilanza.store.schema_bridge import deliveries

LIVE_SECONDS = 60.0
"""An alarm that was queued so lately does not wait for those before it,"""
LIVE_ALERTS = 200
"""if it is among so many last ones to all destinations."""


def due(
    connection: Connection, destination_id: str, now: float, lease: float, *, only_urgent: bool, only_fresh: bool
) -> Row[Any] | None:
    """Of those that are due: first what an alarm of just now waits for, then what has been due for longest. See
    `Outbox.claim`.
    """
    # A time further away than it can be was written before the clock was set back.
    times = {"now": now, "longest_wait": now + LONGEST_WAIT_SECONDS, "longest_lease": now + lease}
    asked = {"to": destination_id, "just_now": now - LIVE_SECONDS, **times}
    # Apart, so that nothing that is owed is looked through for an alarm that there is not.
    if connection.execute(_ALARMING, asked).first() is not None:
        row = connection.execute(_due(only_urgent, only_fresh, live=True), asked).first()
        if row is not None:
            return row
    return connection.execute(_due(only_urgent, only_fresh, live=False), asked).first()


_NEW = deliveries.alias("new")
_ALARMING = select(_NEW.c.incident).where(
    _NEW.c.position > select(func.max(deliveries.c.position)).scalar_subquery() - LIVE_ALERTS,
    _NEW.c.destination == bindparam("to"),
    _NEW.c.queued_at > bindparam("just_now"),
    _NEW.c.urgent,
    is_owed(_NEW),
)
"""The incidents with an alarm of just now."""


@cache
def _due(only_urgent: bool, only_fresh: bool, *, live: bool) -> Select[Any]:
    earlier = deliveries.alias("earlier")
    blocked = exists().where(*_same_incident(earlier), earlier.c.sequence < deliveries.c.sequence, is_owed(earlier))
    is_past = deliveries.c.due <= bindparam("now")
    waited = or_(is_past, deliveries.c.due > bindparam("longest_wait"))
    expired = or_(is_past, deliveries.c.due > bindparam("longest_lease"))
    ready = or_(
        and_(deliveries.c.state == PENDING, waited),
        and_(deliveries.c.state == IN_FLIGHT, expired),
    )
    # The states once more, by themselves: else SQLite looks at all that was ever owed to the destination.
    to_bring = or_(deliveries.c.state == PENDING, deliveries.c.state == IN_FLIGHT)
    chosen = [deliveries.c.destination == bindparam("to"), to_bring, ready, ~blocked]
    if only_fresh:
        chosen.append(deliveries.c.attempt == 0)
    if only_urgent:
        chosen.append(cannot_wait())
    if live:
        chosen.append(deliveries.c.incident.in_(_ALARMING))
    return select(deliveries).where(*chosen).order_by(deliveries.c.due, deliveries.c.position).limit(1)


def cannot_wait() -> ColumnElement[bool]:
    """A delivery that is urgent, or behind which an urgent one of its incident waits."""
    behind = deliveries.alias("behind")
    return exists().where(
        *_same_incident(behind), behind.c.sequence >= deliveries.c.sequence, is_owed(behind), behind.c.urgent
    )


def _same_incident(other: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return other.c.destination == deliveries.c.destination, other.c.incident == deliveries.c.incident
