"""Which alerts may be sent again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Engine, select

from vigilanza.store.database import reading
from vigilanza.store.ledger import OWED
from vigilanza.store.schema_bridge import deliveries


def owed_among(engine: Engine, alerts: Collection[UUID]) -> set[UUID]:
    """Those among `alerts` without a stored receipt, which nobody wrote off. May raise JournalUnavailable."""
    query = select(deliveries.c.id).where(deliveries.c.id.in_(alerts), deliveries.c.state.in_(OWED))
    with reading(engine) as connection:
        return set(connection.execute(query).scalars())
