"""What a centre owes its sites: how each work order for a door of theirs stands, until the site has confirmed it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, func, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import DispatchRefused
from vigilanza.domain.instruction import Answer, Instruction, Outcome
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.orderrows import ORDERS, order_of
from vigilanza.store.schema import work_orders
from vigilanza.store.schema_centre import site_orders

LOOKED_AT_MAX = 5000
TOO_LATE = "its clock says that the order is over: put its clock right, then extend the order, or grant a new one"
_ONE = select(site_orders, work_orders.c.ends_at).join(work_orders, work_orders.c.id == site_orders.c.work_order)
_UNCONFIRMED = site_orders.c.confirmed < site_orders.c.revision


@dataclass(frozen=True, slots=True)
class Owed:
    """Of one site: how many orders it does not know as they stand, since when (UTC, Unix seconds), and how many of them
    it does not take.
    """

    count: int
    since: float
    refused: int


class SiteOrders:
    """Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def unconfirmed(self) -> list[Instruction]:
        """What is owed, what was changed first first; 5000 at most."""
        query = ORDERS.add_columns(site_orders.c.revision, site_orders.c.by).where(_UNCONFIRMED)
        query = query.order_by(site_orders.c.changed_at, site_orders.c.work_order).limit(LOOKED_AT_MAX)
        with reading(self._engine) as connection:
            return [
                Instruction(row.site, replace(order_of(row), door=_door_there(row.door)), row.revision, row.by)
                for row in connection.execute(query)
            ]

    def owed(self) -> dict[str, Owed]:
        """By the site's id; those that are owed nothing are not in it."""
        counts = (func.count(), func.min(site_orders.c.changed_at), func.count(site_orders.c.why))
        query = select(site_orders.c.site, *counts).where(_UNCONFIRMED).group_by(site_orders.c.site)
        with reading(self._engine) as connection:
            return {site: Owed(*told) for site, *told in connection.execute(query)}

    def take(self, answer: Answer) -> None:
        """What a site says; the same again changes nothing. DispatchRefused if it was never told of such an order."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            row = connection.execute(_ONE.where(site_orders.c.work_order == answer.order)).first()
            if row is None or row.site != answer.site or answer.revision > row.revision:
                raise DispatchRefused(
                    f"site {answer.site} answers about change {answer.revision} of work order {answer.order}, of which "
                    "it was not told: was the database here put back to an older one?"
                )
            if answer.outcome is Outcome.LATE and row.ends_at > now:
                answer = replace(answer, outcome=Outcome.REFUSED, why=TOO_LATE)
            if answer.outcome is not Outcome.REFUSED and answer.revision > row.confirmed:
                values: dict[str, object] = {"confirmed": answer.revision, "confirmed_at": now, "why": None}
                self._note(connection, answer, values, now)
            elif answer.outcome is Outcome.REFUSED and answer.revision == row.revision and answer.why != row.why:
                self._note(connection, answer, {"why": answer.why}, now)

    def _note(self, connection: Connection, answer: Answer, values: dict[str, object], now: float) -> None:
        connection.execute(update(site_orders).where(site_orders.c.work_order == answer.order).values(values))
        append_record(
            connection,
            at=now,
            who=f"site {answer.site}",
            action=f"work_order.site_{answer.outcome}",
            subject=answer.order,
            detail={"revision": answer.revision} | ({"why": answer.why} if answer.why else {}),
        )
        mark_changed(connection)


def _door_there(door: str) -> str:
    return door.partition("/")[2]
