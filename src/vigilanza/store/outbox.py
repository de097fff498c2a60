"""The outbox: alerts owed to each destination, and how each debt stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import Engine, and_, bindparam, func, select, update

from vigilanza.domain.delivery import Delivery, Destination, Exchange, Receipt
from vigilanza.domain.update import UPDATED_TYPE
from vigilanza.store import ledger
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.due import due
from vigilanza.store.escalation import escalate
from vigilanza.store.ledger import (
    ACKNOWLEDGED,
    IN_FLIGHT,
    LONGEST_WAIT_SECONDS,
    MERGED,
    PENDING,
    REFUSED,
)
from vigilanza.store.schema_bridge import deliveries, transitions
from vigilanza.store.tasks import end_by_receipt

LEASE_SECONDS = 20.0
"""How long an attempt belongs to its claimer: longer than any channel's deadline (10 s)."""

_STANDING = select(
    func.count(),
    func.count().filter(deliveries.c.state == REFUSED),
    func.count(deliveries.c.escalated_at),
    func.min(deliveries.c.queued_at),
).where(deliveries.c.destination == bindparam("to"), ledger.is_owed(deliveries))


@dataclass(frozen=True, slots=True)
class Standing:
    """How one destination stands: debts, those among them that it refused and that were called out as overdue, when
    the oldest was queued (UTC).
    """

    owed: int
    refused: int
    overdue: int
    oldest_queued_at: float | None


class Outbox:
    """Promises 2 to 4: a delivery ends only by receipt or by a named person, never by a counter; per destination and
    incident alerts go out in order; a late success always counts, a failure only from the current attempt's holder.

    Several relays may work on one outbox. Every method may raise JournalUnavailable; `now` is UTC in Unix seconds.
    """

    def __init__(self, engine: Engine, *, lease: float = LEASE_SECONDS) -> None:
        self._engine, self._lease, self._more = engine, lease, False

    def claim(
        self, destination_id: str, now: float, *, only_urgent: bool = False, only_fresh: bool = False
    ) -> Delivery | None:
        """The delivery that has been due for longest, leased to the caller, or None if none is due. An alarm of the
        last minute, and what it waits behind, come first: they do not wait until what piled up is through.

        Due is only the first unpaid alert of an incident: a refused one holds back later ones of its incident, and
        no other incident. An attempt whose lease ran out (its relay died) is due again. `only_urgent`: only what
        cannot wait, and what it waits behind; `only_fresh`: only what was never tried.
        """
        find = partial(due, only_urgent=only_urgent, only_fresh=only_fresh)
        if not self._more:  # no writer's turn is taken again and again for nothing
            with reading(self._engine) as connection:
                if find(connection, destination_id, now, self._lease) is None:
                    return None
        with writing(self._engine) as connection:
            row = find(connection, destination_id, now, self._lease)
            self._more = row is not None
            if row is None:
                return None
            attempt = row.attempt + 1
            claimed = {"state": IN_FLIGHT, "attempt": attempt, "due": now + self._lease}
            ledger.change(connection, row, claimed, now=now, what="claimed")
            return Delivery(ledger.alert_of(row, ledger.earlier_of(connection, row)), attempt)

    def acknowledge(
        self, delivery: Delivery, receipt: Receipt, now: float, *, exchange: Exchange | None = None
    ) -> bool:
        """The other party has it: always counts, however late. False if that was known already."""
        with writing(self._engine) as connection:
            row = ledger.find(connection, delivery.alert.id)
            values = {"state": ACKNOWLEDGED, "receipt": receipt.reference, "why": None, "ended_at": now}
            counted = ledger.change(
                connection,
                row,
                values,
                now=now,
                what="acknowledged",
                detail=receipt.reference,
                attempt=delivery.attempt,
                this=ledger.UNLESS_PAID,
            )
            ledger.keep(connection, delivery, exchange, now)
            if counted:
                ledger.audit(connection, row, now=now, who="relay", action="alert.acknowledged", said=receipt.reference)
                ledger.end_carried(connection, row, values, now=now, what="acknowledged")
                end_by_receipt(connection, row.id, now)
        return counted

    def postpone(
        self, delivery: Delivery, why: str, until: float, *, now: float, exchange: Exchange | None = None
    ) -> bool:
        """This attempt failed: try again at `until` (at most 300 s away). False if it is no longer the current one."""
        values = {"state": PENDING, "why": why, "due": min(until, now + LONGEST_WAIT_SECONDS)}
        return self._fail(delivery, values, now=now, what="postponed", why=why, exchange=exchange)

    def hasten(self, destination_id: str, now: float) -> None:
        """What was put off because the line was down is due at once: it is back."""
        put_off = (
            deliveries.c.destination == destination_id,
            deliveries.c.state == PENDING,
            deliveries.c.due > now,
        )
        with writing(self._engine) as connection:
            if connection.execute(update(deliveries).where(*put_off).values(due=now)).rowcount:
                mark_changed(connection)

    def refuse(self, delivery: Delivery, why: str, *, now: float, exchange: Exchange | None = None) -> bool:
        """The other party said no: waits for a person. False if this attempt is no longer the current one."""
        values = {"state": REFUSED, "why": why}
        return self._fail(delivery, values, now=now, what="refused", why=why, exchange=exchange)

    def requeue(self, alert_id: UUID, by: str, why: str, now: float) -> None:
        """A named person has it tried again at once, after a refusal or before its time, and says why; audited.

        UnknownRecord if there is no such alert, ValueError if it is under way, paid or written off.
        """
        said = ledger.said(by, why)
        with writing(self._engine) as connection:
            row = ledger.find(connection, alert_id)
            if row.state not in (REFUSED, PENDING):
                raise ValueError(f"a delivery that is {row.state} cannot be requeued")
            ledger.audit(connection, row, now=now, who=by, action="alert.requeued", said=why)
            ledger.change(connection, row, {"state": PENDING, "due": now}, now=now, what="requeued", detail=said)

    def merge(self, destination_id: str, now: float) -> int:
        """Let the last alert of each incident carry those that wait before it, say less and are not urgent; so many.

        For a destination that takes no more for now. None of them may have been tried.
        """
        later = deliveries.alias("later")
        last = (
            select(later.c.id)
            .where(
                later.c.destination == deliveries.c.destination,
                later.c.incident == deliveries.c.incident,
                later.c.sequence > deliveries.c.sequence,
                later.c.state == PENDING,
                later.c.attempt == 0,
                later.c.type != UPDATED_TYPE,  # it says less, and over some channels nothing
            )
            .order_by(later.c.sequence.desc())
            .limit(1)
            .scalar_subquery()
        )
        waiting = (
            deliveries.c.destination == destination_id,
            deliveries.c.state == PENDING,
            deliveries.c.attempt == 0,
            ~deliveries.c.urgent,
        )
        query = select(deliveries, last.label("carrier")).where(*waiting).order_by(deliveries.c.position)
        with reading(self._engine) as connection:
            if not any(row.carrier is not None for row in connection.execute(query)):
                return 0
        with writing(self._engine) as connection:
            rows = [row for row in connection.execute(query) if row.carrier is not None]
            for row in rows:
                values = {"state": MERGED, "merged_into": row.carrier}
                ledger.change(connection, row, values, now=now, what="merged", detail=str(row.carrier))
                carried = deliveries.c.merged_into == row.id
                connection.execute(update(deliveries).where(carried).values(merged_into=row.carrier))
        return len(rows)

    def escalate(self, destination: Destination, now: float, *, after: float, only_urgent: bool = False) -> list[UUID]:
        """Mark, once each, the debts unpaid for more than `after` seconds; the alerts newly marked, oldest first.
        What can wait is late only once it was tried.

        What cannot wait goes to the destination's fallback from now on too; where there is none, or where the
        fallback itself has it overdue, a person is asked to telephone the control room. `only_urgent`: the
        others wait on purpose.
        """
        return escalate(self._engine, destination, now, after=after, only_urgent=only_urgent)

    def standing(self, destination_id: str) -> Standing:
        """How one destination stands."""
        with reading(self._engine) as connection:
            return Standing(*connection.execute(_STANDING, {"to": destination_id}).one())

    def last_receipt_at(self, destination_id: str) -> float | None:
        """When the destination last gave one."""
        paid = and_(deliveries.c.destination == destination_id, deliveries.c.state == ACKNOWLEDGED)
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(deliveries.c.ended_at)).where(paid)).scalar()

    def log_of(self, alert_id: UUID) -> list[str]:
        """The attempt log of one alert, oldest first, e.g. "postponed 3: 503"."""
        query = select(transitions).where(transitions.c.delivery == alert_id).order_by(transitions.c.position)
        with reading(self._engine) as connection:
            return [f"{row.what} {row.attempt}: {row.detail}" for row in connection.execute(query)]

    def _fail(
        self,
        delivery: Delivery,
        values: Mapping[str, object],
        *,
        now: float,
        what: str,
        why: str,
        exchange: Exchange | None,
    ) -> bool:
        current = ledger.CHANGED.where(deliveries.c.state == IN_FLIGHT, deliveries.c.attempt == delivery.attempt)
        with writing(self._engine) as connection:
            row = ledger.find(connection, delivery.alert.id)
            ledger.keep(connection, delivery, exchange, now)
            return ledger.change(
                connection, row, values, now=now, what=what, detail=why, attempt=delivery.attempt, this=current
            )
