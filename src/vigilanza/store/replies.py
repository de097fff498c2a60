"""What people at the other end answered to alerts, and which alerts nobody answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, exists, insert, or_, select, update

from vigilanza.domain.alert import TEST_TYPE
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.store import ledger
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.ledger import ACKNOWLEDGED
from vigilanza.store.schema_bridge import deliveries, replies, tasks, transitions, unanswered
from vigilanza.store.tasks import ask_to_phone, end_by_receipt

ACK, ERROR = "ack", "error"
LEAST_LOOK_BACK_SECONDS = 6 * 3600.0
"""However short the window of flagranza is: an answer may be awaited for an hour."""


class Replies:
    """Every method may raise JournalUnavailable; `now` is UTC in Unix seconds."""

    def __init__(self, engine: Engine, *, flagrante: float = FLAGRANTE_SECONDS) -> None:
        """`flagrante`: how many seconds the window lasts. So long after its receipt an alert may still be called out:
        a relay that was down calls out all that has not expired, and none of the past before it.
        """
        self._engine, self._look_back = engine, max(flagrante, LEAST_LOOK_BACK_SECONDS)

    def record(self, alerts: Sequence[UUID], *, kind: str, who: str, note: str, sha256: str, now: float) -> bool:
        """Keep one answer (`kind`: ack or error) to `alerts`, audited; `who` is what the other party calls itself.

        False if it is kept already. UnknownRecord if one of `alerts` was never owed.
        """
        with writing(self._engine) as connection:
            if connection.execute(select(_kept(sha256))).scalar():
                return False
            for row in [ledger.find(connection, alert) for alert in alerts]:
                values = {"delivery": row.id, "at": now, "kind": kind, "who": who, "note": note, "sha256": sha256}
                connection.execute(insert(replies).values(values))
                detail = {"destination": row.destination, "incident": str(row.incident), "kind": kind}
                detail |= {"said": note, "sha256": sha256}
                append_record(connection, at=now, who=who, action="alert.replied", subject=str(row.id), detail=detail)
                if kind == ACK:
                    end_by_receipt(connection, row.id, now)
            mark_changed(connection)
        return True

    def overdue(self, destination_id: str, now: float, within: float) -> list[UUID]:
        """Mark, once each, the alerts that have had a receipt for `within` seconds and no Ack; the newly marked ones.

        An Error is overdue at once: the other party cannot use what it has. An Ack of a later message of the incident
        is one of the earlier ones too. What cannot wait is to be telephoned. Tests need no answer.
        """
        query = _silent(destination_id, now, within, self._look_back)
        with reading(self._engine) as connection:
            if connection.execute(query.limit(1)).first() is None:
                return []
        with writing(self._engine) as connection:
            rows = list(connection.execute(query))
            for row in rows:
                connection.execute(insert(unanswered).values(delivery=row.id, at=now))
                log = {"delivery": row.id, "at": now, "attempt": row.attempt, "what": "unanswered", "detail": ""}
                connection.execute(insert(transitions).values(log))
                never = and_(deliveries.c.id == row.id, deliveries.c.escalated_at.is_(None))
                connection.execute(update(deliveries).where(never).values(escalated_at=now))
                # Nobody is telephoned about what no person has confirmed.
                if row.urgent and row.data.get("status") != "unconfirmed":
                    _call(connection, row, now)
            if rows:
                mark_changed(connection)
        return [row.id for row in rows]


def _kept(sha256: str) -> ColumnElement[bool]:
    return exists().where(replies.c.sha256 == sha256)


def _silent(destination_id: str, now: float, within: float, look_back: float) -> Any:
    later = deliveries.alias("later")
    answered = (
        exists()
        .where(
            later.c.destination == deliveries.c.destination,
            later.c.incident == deliveries.c.incident,
            later.c.sequence >= deliveries.c.sequence,
            replies.c.delivery == later.c.id,
            replies.c.kind == ACK,
        )
        .correlate(deliveries)
    )
    mistaken = exists().where(replies.c.delivery == deliveries.c.id, replies.c.kind == ERROR)
    marked = exists().where(unanswered.c.delivery == deliveries.c.id)
    return (
        select(deliveries)
        .where(
            deliveries.c.destination == destination_id,
            deliveries.c.state == ACKNOWLEDGED,
            deliveries.c.merged_into.is_(None),
            deliveries.c.type != TEST_TYPE,
            deliveries.c.ended_at > now - look_back,
            # A time that is still to come was written before the clock was set back: nobody knows how long ago.
            or_(deliveries.c.ended_at <= now - within, deliveries.c.ended_at > now + within, mistaken),
            ~answered,
            ~marked,
        )
        .order_by(deliveries.c.position)
    )


def _call(connection: Connection, row: Row[Any], now: float) -> None:
    """Ask a person to telephone, unless one has; a call that the receipt made needless is needed again."""
    same = (tasks.c.incident == row.incident, tasks.c.destination == row.destination)
    if connection.execute(select(exists().where(*same, tasks.c.ended_at.is_(None)))).scalar():
        return
    if connection.execute(select(exists().where(tasks.c.delivery == row.id))).scalar():
        again = and_(tasks.c.delivery == row.id, tasks.c.ended_by.is_(None))
        connection.execute(update(tasks).where(again).values(at=now, ended_at=None, note=None))
        return
    ask_to_phone(connection, row, now)
