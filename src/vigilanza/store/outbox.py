"""The outbox: alerts owed to each destination, and how each debt stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, exists, func, insert, or_, select, update

from vigilanza.domain.delivery import Alert, Delivery, DeliveryState, Receipt
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema import deliveries, transitions

PENDING, IN_FLIGHT, ACKNOWLEDGED, REFUSED, WRITTEN_OFF = (state.value for state in DeliveryState)
OWED = (PENDING, IN_FLIGHT, REFUSED)
LEASE_SECONDS = 20.0
"""How long an attempt belongs to its claimer: longer than any channel's deadline (10 s)."""
LONGEST_WAIT_SECONDS = 300.0
"""No attempt is due later than this: a due time beyond it means that the clock was set back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one destination stands: debts, those among them that it refused, when the oldest was queued (UTC)."""

    owed: int
    refused: int
    oldest_queued_at: float | None


class Outbox:
    """Promises 2 to 4: a delivery ends only by receipt or by a named person, never by a counter; per destination and
    incident alerts go out in order; a late success always counts, a failure only from the current attempt's holder.

    Several relays may work on one outbox. Every method may raise JournalUnavailable; `now` is UTC in Unix seconds.
    """

    def __init__(self, engine: Engine, *, lease: float = LEASE_SECONDS) -> None:
        self._engine, self._lease = engine, lease

    def claim(self, destination_id: str, now: float) -> Delivery | None:
        """The delivery that has been due for longest, leased to the caller, or None if none is due.

        Due is only the first unpaid alert of an incident: a refused one holds back later ones of its incident, and
        no other incident. An attempt whose lease ran out (its relay died) is due again.
        """
        due = _due(destination_id, now, self._lease)
        with reading(self._engine) as connection:
            if connection.execute(due).first() is None:
                return None
        with writing(self._engine) as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            attempt = row.attempt + 1
            claimed = {"state": IN_FLIGHT, "attempt": attempt, "due": now + self._lease}
            _change(connection, row, claimed, now=now, what="claimed")
        return Delivery(_alert(row), attempt)

    def acknowledge(self, delivery: Delivery, receipt: Receipt, now: float) -> bool:
        """The other party has it: always counts, however late. False if that was known already."""
        with writing(self._engine) as connection:
            row = _find(connection, delivery.alert.id)
            values = {"state": ACKNOWLEDGED, "receipt": receipt.reference, "why": None, "ended_at": now}
            counted = _change(
                connection,
                row,
                values,
                now=now,
                what="acknowledged",
                detail=receipt.reference,
                attempt=delivery.attempt,
                only_if=deliveries.c.state != ACKNOWLEDGED,
            )
            if counted:
                _audit(connection, row, now=now, who="relay", action="alert.acknowledged", said=receipt.reference)
        return counted

    def postpone(self, delivery: Delivery, why: str, until: float, *, now: float) -> bool:
        """This attempt failed: try again at `until` (at most 300 s away). False if it is no longer the current one."""
        values = {"state": PENDING, "why": why, "due": min(until, now + LONGEST_WAIT_SECONDS)}
        return self._fail(delivery, values, now=now, what="postponed", why=why)

    def refuse(self, delivery: Delivery, why: str, *, now: float) -> bool:
        """The other party said no: waits for a person. False if this attempt is no longer the current one."""
        return self._fail(delivery, {"state": REFUSED, "why": why}, now=now, what="refused", why=why)

    def requeue(self, alert_id: UUID, by: str, now: float) -> None:
        """A named person has it tried again at once, after a refusal or before its time; audited.

        UnknownRecord if there is no such alert, ValueError if it is under way, paid or written off.
        """
        with writing(self._engine) as connection:
            row = _find(connection, alert_id)
            if row.state not in (REFUSED, PENDING):
                raise ValueError(f"a delivery that is {row.state} cannot be requeued")
            _audit(connection, row, now=now, who=_named(by), action="alert.requeued", said=row.why)
            _change(connection, row, {"state": PENDING, "due": now}, now=now, what="requeued", detail=by)

    def write_off(self, alert_id: UUID, by: str, why: str, now: float) -> None:
        """A named person ends the debt without a receipt, and says why; audited.

        UnknownRecord if there is no such alert, ValueError if it was already paid or written off.
        """
        if not why.strip() or "\0" in why:
            raise ValueError("a write-off says why, in plain text")
        with writing(self._engine) as connection:
            row = _find(connection, alert_id)
            if row.state not in OWED:
                raise ValueError(f"a delivery that is {row.state} cannot be written off")
            _audit(connection, row, now=now, who=_named(by), action="alert.written_off", said=why)
            values = {"state": WRITTEN_OFF, "why": f"{by}: {why}", "ended_at": now}
            _change(connection, row, values, now=now, what="written_off", detail=f"{by}: {why}")

    def escalate(self, destination_id: str, now: float, *, after: float) -> list[UUID]:
        """Mark, once each, the debts unpaid for more than `after` seconds; the alerts newly marked, oldest first."""
        late = and_(
            deliveries.c.destination == destination_id,
            deliveries.c.state.in_(OWED),
            deliveries.c.escalated_at.is_(None),
            deliveries.c.queued_at < now - after,
        )
        overdue = select(deliveries).where(late).order_by(deliveries.c.position)
        with reading(self._engine) as connection:
            if connection.execute(overdue.limit(1)).first() is None:
                return []
        with writing(self._engine) as connection:
            rows = list(connection.execute(overdue))
            for row in rows:
                _change(connection, row, {"escalated_at": now}, now=now, what="escalated")
        return [row.id for row in rows]

    def standing(self, destination_id: str) -> Standing:
        """How one destination stands."""
        owed = and_(deliveries.c.destination == destination_id, deliveries.c.state.in_(OWED))
        counted = select(deliveries.c.state, func.count(), func.min(deliveries.c.queued_at)).where(owed)
        with reading(self._engine) as connection:
            rows = connection.execute(counted.group_by(deliveries.c.state)).all()
        refused = sum(count for state, count, _ in rows if state == REFUSED)
        return Standing(sum(count for _, count, _ in rows), refused, min((oldest for *_, oldest in rows), default=None))

    def log_of(self, alert_id: UUID) -> list[str]:
        """The attempt log of one alert, oldest first, e.g. "postponed 3: 503"."""
        query = select(transitions).where(transitions.c.delivery == alert_id).order_by(transitions.c.position)
        with reading(self._engine) as connection:
            return [f"{row.what} {row.attempt}: {row.detail}" for row in connection.execute(query)]

    def _fail(self, delivery: Delivery, values: dict[str, object], *, now: float, what: str, why: str) -> bool:
        current = and_(deliveries.c.state == IN_FLIGHT, deliveries.c.attempt == delivery.attempt)
        with writing(self._engine) as connection:
            row = _find(connection, delivery.alert.id)
            return _change(
                connection, row, values, now=now, what=what, detail=why, attempt=delivery.attempt, only_if=current
            )


def _due(destination_id: str, now: float, lease: float) -> Select[Any]:
    earlier = deliveries.alias("earlier")
    blocked = exists().where(
        earlier.c.destination == deliveries.c.destination,
        earlier.c.incident == deliveries.c.incident,
        earlier.c.sequence < deliveries.c.sequence,
        earlier.c.state.in_(OWED),
    )
    # A time further away than it can be was written before the clock was set back.
    waited = or_(deliveries.c.due <= now, deliveries.c.due > now + LONGEST_WAIT_SECONDS)
    expired = or_(deliveries.c.due <= now, deliveries.c.due > now + lease)
    ready = or_(
        and_(deliveries.c.state == PENDING, waited),
        and_(deliveries.c.state == IN_FLIGHT, expired),
    )
    return (
        select(deliveries)
        .where(deliveries.c.destination == destination_id, ready, ~blocked)
        .order_by(deliveries.c.due, deliveries.c.position)
        .limit(1)
    )


def _change(
    connection: Connection,
    row: Row[Any],
    values: Mapping[str, object],
    *,
    now: float,
    what: str,
    detail: str = "",
    attempt: int | None = None,
    only_if: ColumnElement[bool] | None = None,
) -> bool:
    """Change one delivery if the condition still holds, and log the transition; False if it does not hold."""
    change = update(deliveries).where(deliveries.c.position == row.position).values(values)
    counted = connection.execute(change if only_if is None else change.where(only_if)).rowcount == 1
    if attempt is None:
        attempt = int(str(values.get("attempt", row.attempt)))
    logged = what if counted else f"late_{what}"
    connection.execute(insert(transitions).values(delivery=row.id, at=now, attempt=attempt, what=logged, detail=detail))
    if counted:
        mark_changed(connection)
    return counted


def _find(connection: Connection, alert_id: UUID) -> Row[Any]:
    row = connection.execute(select(deliveries).where(deliveries.c.id == alert_id)).first()
    if row is None:
        raise UnknownRecord(f"no alert {alert_id}")
    return row


def _audit(connection: Connection, row: Row[Any], *, now: float, who: str, action: str, said: str | None) -> None:
    detail = {"destination": row.destination, "incident": str(row.incident), "type": row.type, "said": said}
    append_record(connection, at=now, who=who, action=action, subject=str(row.id), detail=detail)


def _named(by: str) -> str:
    if not by.strip():
        raise ValueError("a person must be named")
    return by


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        destination=row.destination,
        incident=row.incident,
        sequence=row.sequence,
        type=row.type,
        at=row.at,
        data=row.data,
    )
