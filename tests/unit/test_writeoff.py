"""A debt ends without a receipt by two persons, on both databases."""

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import VMS, break_in
from tests.unit.test_outbox import NOW, PAID, claimed, view_of
from vigilanza.domain.ask import LASTS_SECONDS
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.errors import WriteOffRefused
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.writeoff import WriteOffs


def test_a_write_off_takes_two_persons_within_a_day(engine: Engine) -> None:
    Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("a", count=1))
    outbox = Outbox(engine)
    delivery, write_offs = claimed(outbox), WriteOffs(engine)
    outbox.refuse(delivery, "422", now=NOW)
    alert = delivery.alert.id
    with pytest.raises(WriteOffRefused, match="nobody has asked"):
        write_offs.grant(alert, by="bruna", now=NOW)
    ask = write_offs.ask(alert, by="anna", why="told", now=NOW)
    assert view_of(engine, delivery).write_off == ask
    with pytest.raises(WriteOffRefused, match="already"):
        write_offs.ask(alert, by="bruna", why="told", now=NOW)
    with pytest.raises(WriteOffRefused, match="second person"):
        write_offs.grant(alert, by="Anna", now=NOW)
    assert outbox.standing("vms").owed == 1
    with pytest.raises(WriteOffRefused, match="nobody has asked"):
        write_offs.grant(alert, by="bruna", now=NOW + LASTS_SECONDS)
    write_offs.ask(alert, by="bruna", why="told", now=NOW + LASTS_SECONDS)
    write_offs.grant(alert, by="anna", now=NOW + LASTS_SECONDS)
    assert (view_of(engine, delivery).state, view_of(engine, delivery).write_off) == (DeliveryState.WRITTEN_OFF, None)


def test_a_paid_debt_can_neither_be_requeued_nor_written_off(engine: Engine) -> None:
    Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("a", count=1))
    outbox = Outbox(engine)
    delivery = claimed(outbox)
    with pytest.raises(ValueError, match="in_flight"):
        outbox.requeue(delivery.alert.id, "anna", "mended", NOW)
    WriteOffs(engine).ask(delivery.alert.id, by="anna", why="told", now=NOW)
    outbox.acknowledge(delivery, PAID, NOW)
    with pytest.raises(ValueError, match="acknowledged"):
        outbox.requeue(delivery.alert.id, "anna", "mended", NOW)
    with pytest.raises(ValueError, match="acknowledged"):
        WriteOffs(engine).grant(delivery.alert.id, by="bruna", now=NOW)
    with pytest.raises(ValueError, match="acknowledged"):
        WriteOffs(engine).ask(delivery.alert.id, by="anna", why="why not", now=NOW)
