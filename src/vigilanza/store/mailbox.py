"""The alerts of one destination as it may fetch or name them itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, FromClause, exists, select

from vigilanza.domain.delivery import Alert
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.store import ledger
from vigilanza.store.database import reading
from vigilanza.store.ledger import ACKNOWLEDGED, WRITTEN_OFF
from vigilanza.store.schema_bridge import deliveries

LATEST_MAX = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert, and whether its debt is paid."""

    alert: Alert
    paid: bool


class Mailbox:
    """Read-only. Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine, destination: str, *, reach: float = FLAGRANTE_SECONDS) -> None:
        """`reach`: how many seconds back the latest ones go."""
        self._engine, self._destination, self._reach = engine, destination, reach

    def find(self, incident: UUID, sequence: int) -> Letter | None:
        """One alert that goes to this destination by itself; None if there is no such one."""
        named = (deliveries.c.incident == incident, deliveries.c.sequence == sequence)
        query = select(deliveries).where(*self._ours(deliveries), *named)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            return Letter(ledger.alert_of(row, ledger.earlier_of(connection, row)), row.state == ACKNOWLEDGED)

    def latest(self, now: float) -> list[Alert]:
        """The last alert of each incident within reach, newest first, at most LATEST_MAX."""
        later = deliveries.alias("later")
        newer = exists().where(
            *self._ours(later), later.c.incident == deliveries.c.incident, later.c.sequence > deliveries.c.sequence
        )
        recent = (*self._ours(deliveries), deliveries.c.at > now - self._reach, ~newer)
        query = select(deliveries).where(*recent).order_by(deliveries.c.at.desc()).limit(LATEST_MAX)
        with reading(self._engine) as connection:
            rows: list[Any] = list(connection.execute(query))
            return [ledger.alert_of(row, ledger.earlier_of(connection, row)) for row in rows]

    def _ours(self, table: FromClause) -> tuple[ColumnElement[bool], ...]:
        return (
            table.c.destination == self._destination,
            table.c.state != WRITTEN_OFF,
            table.c.merged_into.is_(None),
        )
