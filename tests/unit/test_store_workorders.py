"""Work orders on both databases: who granted, extended and ended what, and that nobody can change it afterwards."""

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.fakes import FakeClock
from tests.former import forget_steps
from vigilanza.domain.errors import JournalUnavailable, UnknownRecord, WorkOrderRefused
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database, writing
from vigilanza.store.queries import Queries
from vigilanza.store.workorders import WorkOrders

HOUR = 3600.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def orders(engine: Engine, clock: FakeClock) -> WorkOrders:
    return WorkOrders(engine=engine, clock=clock)


def grant(orders: WorkOrders, begin: float = 0.0, end: float = HOUR, **more: Any) -> WorkOrder:
    """From and to in seconds from the clock's first moment."""
    began = FakeClock().now()
    values = {"door": "B.03.12", "who": "Edil", "reason": "boiler", "granted_by": "Anna B."} | more
    return orders.add(starts_at=began + begin, ends_at=began + end, **values)


def ids(found: list[WorkOrder]) -> list[str]:
    return [order.id for order in found]


def test_an_order_is_planned_then_runs_then_is_past(orders: WorkOrders, clock: FakeClock) -> None:
    order = grant(orders, HOUR, 2 * HOUR)
    states = []
    for _ in range(3):
        now = clock.now()
        states.append((ids(orders.planned(now)), ids(orders.running(now)), ids(orders.past(now))))
        clock.advance(HOUR)
    assert states == [(["WO-0001"], [], []), ([], ["WO-0001"], []), ([], [], ["WO-0001"])]
    assert orders.of("WO-0001") == order


def test_every_act_keeps_the_name_of_who_did_it(orders: WorkOrders, clock: FakeClock, engine: Engine) -> None:
    order = grant(orders)
    clock.advance(60.0)
    orders.extend(order.id, until=order.ends_at + HOUR, by="Bea")
    clock.advance(60.0)
    assert orders.end(order.id, by="Carlo").ends_at == clock.now()
    assert [(act.by, act.what, act.ends_at - order.starts_at) for act in orders.history(order.id)] == [
        ("Anna B.", "added", HOUR),
        ("Bea", "extended", 2 * HOUR),
        ("Carlo", "ended", 120.0),
    ]
    chain = AuditChain(engine=engine, clock=clock)
    assert [(record.who, record.action, record.subject) for record in reversed(chain.latest())] == [
        ("Anna B.", "work_order.added", "WO-0001"),
        ("Bea", "work_order.extended", "WO-0001"),
        ("Carlo", "work_order.ended", "WO-0001"),
    ]
    assert chain.verify() == 3


def test_what_is_refused_leaves_no_trace(orders: WorkOrders, clock: FakeClock, engine: Engine) -> None:
    order = grant(orders)
    marker = Queries(engine).marker()
    with pytest.raises(WorkOrderRefused, match="already"):
        grant(orders, order_id=order.id)
    with pytest.raises(WorkOrderRefused):
        grant(orders, HOUR, 0.0)
    with pytest.raises(WorkOrderRefused):
        orders.extend(order.id, until=order.ends_at, by="Bea")
    for unknown in ("WO-9", "\0"):
        with pytest.raises(UnknownRecord):
            orders.end(unknown, by="Bea")
    assert len(AuditChain(engine=engine, clock=clock).latest()) == 1
    assert not Queries(engine).changed_since(marker)


def test_numbers_go_on_past_ids_that_were_given(orders: WorkOrders) -> None:
    assert [grant(orders, order_id=one).id for one in (None, "WO-0002", "2026-7", None)] == [
        "WO-0001",
        "WO-0002",
        "2026-7",
        "WO-0004",
    ]
    assert grant(orders, order_id="WO-0006").id == "WO-0006"
    assert grant(orders).id == "WO-0007"


def test_a_watch_is_told_what_runs_soon_runs_or_has_just_ended(orders: WorkOrders, clock: FakeClock) -> None:
    for begin, end in ((0.0, 60.0), (0.0, HOUR), (700.0, HOUR), (1000.0, HOUR), (2 * HOUR, 3 * HOUR)):
        grant(orders, begin, end)
    clock.advance(120.0)
    assert ids(orders.needed(clock.now(), since=300.0, ahead=600.0, limit=9)) == ["WO-0001", "WO-0002", "WO-0003"]
    assert ids(orders.needed(clock.now(), since=30.0, ahead=600.0, limit=1)) == ["WO-0002"]


@pytest.mark.parametrize("statement", ["UPDATE work_order_changes SET at = 0", "DELETE FROM work_order_changes"])
def test_the_database_refuses_to_change_what_was_done(orders: WorkOrders, engine: Engine, statement: str) -> None:
    order = grant(orders)
    refuses(engine, statement)
    assert [act.by for act in orders.history(order.id)] == ["Anna B."]


def test_a_database_from_before_there_were_orders_gets_their_tables(database_url: str, clock: FakeClock) -> None:
    old = open_database(database_url)
    with writing(old) as connection:
        forget_steps(connection)
        for table in ("work_order_changes", "work_orders"):
            connection.execute(text(f"DROP TABLE {table}"))
        if old.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION work_order_changes_append_only()"))
    old.dispose()
    new = open_database(database_url)
    orders = WorkOrders(engine=new, clock=clock)
    assert ids([grant(orders)]) == ids(orders.running(clock.now())) == ["WO-0001"]
    refuses(new, "DELETE FROM work_order_changes")
    new.dispose()


def refuses(engine: Engine, statement: str) -> None:
    with pytest.raises((JournalUnavailable, IntegrityError), match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
