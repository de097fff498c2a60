"""Which alerts may be sent again, and in which order they are owed."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Engine, func, select

from vigilanza.store.database import reading
from vigilanza.store.ledger import ACKNOWLEDGED, OWED, find
from vigilanza.store.schema_bridge import deliveries


def owed_among(engine: Engine, alerts: Collection[UUID]) -> set[UUID]:
    """Those among `alerts` without a stored receipt, which nobody wrote off. May raise JournalUnavailable."""
    query = select(deliveries.c.id).where(deliveries.c.id.in_(alerts), deliveries.c.state.in_(OWED))
    with reading(engine) as connection:
        return set(connection.execute(query).scalars())


def numbers_of(engine: Engine, alert: UUID) -> tuple[int, int]:
    """The number of an alert among all that this journal owes anybody, and that of the one before it to the same
    destination (0: none); they never change. UnknownRecord if there is no such alert. May raise JournalUnavailable.
    """
    with reading(engine) as connection:
        row = find(connection, alert)
        before = select(func.max(deliveries.c.position)).where(
            deliveries.c.destination == row.destination, deliveries.c.position < row.position
        )
        return int(row.position), int(connection.execute(before).scalar() or 0)


def last_paid(engine: Engine, destination: str) -> int:
    """The highest such number of what `destination` has, 0 if it has nothing. May raise JournalUnavailable."""
    paid = select(func.max(deliveries.c.position)).where(
        deliveries.c.destination == destination, deliveries.c.state == ACKNOWLEDGED
    )
    with reading(engine) as connection:
        return int(connection.execute(paid).scalar() or 0)
