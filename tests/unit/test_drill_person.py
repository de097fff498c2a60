"""The drill's person, who has refused alerts tried again."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, VMS, break_in
from vigilanza.domain.delivery import Receipt
from vigilanza.lab.drill.person import Person
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox


def test_a_receipt_that_comes_as_the_person_acts_holds_up_nothing(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, outbox, done = FakeClock(BEGAN), Outbox(sqlite), threading.Event()
    journal = Journal(engine=sqlite, destinations=[VMS], clock=clock, site="0423")
    for name in ("a", "b"):
        journal.record(break_in(name, count=1))
    refused = [outbox.claim(VMS.id, clock.now()) for _ in range(2)]
    for delivery in refused:
        assert delivery is not None
        outbox.refuse(delivery, "no", now=clock.now())
    requeue, asked = Outbox.requeue, list[UUID]()

    def late(box: Outbox, alert: UUID, by: str, why: str, now: float) -> None:
        asked.append(alert)
        [delivery] = [one for one in refused if one is not None and one.alert.id == alert]
        if len(asked) == 1:
            outbox.acknowledge(delivery, Receipt("200 OK"), now)
        else:
            done.set()
        requeue(box, alert, by, why, now)

    monkeypatch.setattr(Outbox, "requeue", late)
    Person(sqlite, clock=clock).run(done)
    assert len(asked) == 2
    standing = outbox.standing(VMS.id)
    assert (standing.owed, standing.refused) == (1, 0)
