"""What the outbox does again and again costs no more for all that was ever paid."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, insert

from tests.samples import BEGAN, VMS, break_in
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Receipt
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema_bridge import deliveries

NOW, PAID, STEPS = BEGAN + 100.0, 3000, 1000


@pytest.fixture
def steps(sqlite: Engine) -> Callable[[Callable[[], object]], int]:
    """How many thousand steps SQLite's machine takes for something."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    def counted(act: Callable[[], object]) -> int:
        nonlocal taken
        taken = 0
        act()
        return taken

    event.listen(sqlite, "checkout", lambda connection, *_: connection.set_progress_handler(count, STEPS))
    return counted


def pay(engine: Engine, count: int) -> None:
    paid = {"destination": VMS.id, "sequence": 0, "type": "old", "at": BEGAN, "data": {}, "urgent": True}
    paid |= {"queued_at": BEGAN, "state": "acknowledged", "attempt": 1, "due": BEGAN, "ended_at": BEGAN}
    with engine.begin() as connection:
        connection.execute(insert(deliveries), [paid | {"id": uuid4(), "incident": uuid4()} for _ in range(count)])


def test_only_debts_are_looked_at(sqlite: Engine, steps: Callable[[Callable[[], object]], int]) -> None:
    outbox = Outbox(sqlite)
    pay(sqlite, PAID)
    assert steps(lambda: outbox.claim(VMS.id, NOW)) < 3
    Journal(engine=sqlite, destinations=[VMS], clock=SystemClock(), site="0423").record(break_in("a", count=1))
    later = SystemClock().now() + 60.0

    def carry() -> None:
        delivery = outbox.claim(VMS.id, later)
        assert delivery is not None
        outbox.acknowledge(delivery, Receipt("200 OK"), later)

    assert steps(lambda: outbox.escalate(VMS, later, after=30.0)) < 3
    assert steps(lambda: outbox.standing(VMS.id)) < 3
    assert steps(carry) < 3
    assert steps(lambda: outbox.last_receipt_at(VMS.id)) < 3
