"""Promises 2, 3 and 4, on both databases."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.paid import written_off
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.domain.delivery import Delivery, DeliveryState, Receipt
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.ledger import LONGEST_WAIT_SECONDS
from vigilanza.store.outbox import LEASE_SECONDS, Outbox
from vigilanza.store.queries import DeliveryView, Queries
from vigilanza.store.writeoff import WriteOffs

NOW = BEGAN + 100.0
PAID = Receipt("200 OK")


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    return Outbox(engine)


@pytest.fixture
def record(engine: Engine) -> Callable[..., None]:
    journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423")

    def record_break_in(name: str, count: int = 1) -> None:
        journal.record(break_in(name, count=count))

    return record_break_in


def claimed(outbox: Outbox, now: float = NOW) -> Delivery:
    delivery = outbox.claim("vms", now)
    assert delivery is not None
    return delivery


def view_of(engine: Engine, delivery: Delivery) -> DeliveryView:
    view = Queries(engine).incident(delivery.alert.incident)
    assert view is not None
    return next(one for one in view.deliveries if one.alert_id == delivery.alert.id)


def test_each_destination_claims_its_own_debts_only(outbox: Outbox, record: Callable[..., None]) -> None:
    record("a")
    assert outbox.claim("somebody else", NOW) is None
    assert claimed(outbox).alert.incident == incident_id("a")
    assert outbox.claim("vms", NOW) is None


def test_alerts_of_one_incident_go_out_one_after_the_other(outbox: Outbox, record: Callable[..., None]) -> None:
    record("a", 3)
    seen = []
    for _ in range(3):
        delivery = claimed(outbox)
        assert outbox.claim("vms", NOW) is None
        seen.append(delivery.alert.sequence)
        outbox.acknowledge(delivery, PAID, NOW)
    assert seen == [0, 1, 2]


def test_a_postponed_alert_holds_back_its_incident_and_no_other(outbox: Outbox, record: Callable[..., None]) -> None:
    record("a", 2)
    record("b")
    first = claimed(outbox)
    outbox.postpone(first, "503", NOW + 30, now=NOW)
    assert claimed(outbox).alert.incident == incident_id("b")
    assert outbox.claim("vms", NOW + 29) is not None  # b again: its lease ran out
    again = claimed(outbox, NOW + 30)
    assert (again.alert, again.attempt) == (first.alert, 2)


def test_a_refused_alert_holds_back_its_incident_until_a_named_person_acts(
    engine: Engine, outbox: Outbox, record: Callable[..., None]
) -> None:
    record("a", 2)
    record("b", 3)
    first = claimed(outbox)
    assert outbox.refuse(first, "422 schema", now=NOW)
    assert view_of(engine, first).why == "422 schema"
    for _ in range(3):
        outbox.acknowledge(claimed(outbox), PAID, NOW)
    assert outbox.claim("vms", NOW + 1e6) is None
    outbox.requeue(first.alert.id, "anna", "unit now known there", NOW + 10)
    again = claimed(outbox, NOW + 10)
    assert (again.alert.id, again.attempt) == (first.alert.id, 2)
    outbox.refuse(again, "422 schema", now=NOW + 11)
    written_off(engine, first, "told by telephone", NOW + 12)
    assert view_of(engine, first).state is DeliveryState.WRITTEN_OFF
    assert claimed(outbox, NOW + 12).alert.sequence == 1
    chain = AuditChain(engine=engine, clock=FakeClock())
    acts = [(one.who, json.loads(one.detail)) for one in chain.latest() if one.subject == str(first.alert.id)]
    assert [(who, act["said"]) for who, act in acts] == [
        ("bruna", "anna: told by telephone (bruna)"),
        ("anna", "told by telephone"),
        ("anna", "unit now known there"),
    ]
    assert [act["before"] for _, act in acts] == ["422 schema"] * 3
    assert outbox.log_of(first.alert.id) == [
        "queued 0: ",
        "claimed 1: ",
        "refused 1: 422 schema",
        "requeued 1: anna: unit now known there",
        "claimed 2: ",
        "refused 2: 422 schema",
        "written_off 2: anna: told by telephone (bruna)",
    ]


def test_no_number_of_failures_ends_a_delivery(engine: Engine, outbox: Outbox, record: Callable[..., None]) -> None:
    record("a")
    now = NOW
    for attempt in range(1, 121):
        delivery = claimed(outbox, now)
        assert delivery.attempt == attempt
        outbox.postpone(delivery, "away", now + 60, now=now)
        now += 60
    assert view_of(engine, delivery).state is DeliveryState.PENDING
    assert outbox.standing("vms").owed == 1


def test_only_a_person_with_a_name_and_a_reason_acts(
    engine: Engine, outbox: Outbox, record: Callable[..., None]
) -> None:
    record("a")
    alert_id = claimed(outbox).alert.id
    outbox.refuse(claimed(outbox, NOW + 99), "422", now=NOW + 99)
    for by, why in (("", "told"), ("  ", "told"), ("anna", " "), ("anna", "told\0")):
        with pytest.raises(ValueError, match=r"person|why"):
            outbox.requeue(alert_id, by, why, NOW + 99)
        with pytest.raises(ValueError, match=r"person|why"):
            WriteOffs(engine).ask(alert_id, by=by, why=why, now=NOW + 99)
    assert outbox.standing("vms").refused == 1
    with pytest.raises(UnknownRecord):
        WriteOffs(engine).ask(incident_id("nothing"), by="anna", why="told", now=NOW)


def test_an_attempt_whose_relay_died_is_due_again_when_its_lease_ends(
    outbox: Outbox, record: Callable[..., None]
) -> None:
    record("a")
    first = claimed(outbox)
    assert outbox.claim("vms", NOW + LEASE_SECONDS - 0.1) is None
    second = claimed(outbox, NOW + LEASE_SECONDS)
    assert (second.alert, second.attempt) == (first.alert, 2)


def test_a_late_failure_counts_only_from_the_current_holder(
    engine: Engine, outbox: Outbox, record: Callable[..., None]
) -> None:
    record("a")
    late = claimed(outbox)
    current = claimed(outbox, NOW + 30)
    assert not outbox.postpone(late, "too late", NOW + 99, now=NOW + 31)
    assert not outbox.refuse(late, "too late", now=NOW + 31)
    view = view_of(engine, late)
    assert (view.state, view.attempt, view.why) == (DeliveryState.IN_FLIGHT, 2, None)
    assert outbox.postpone(current, "mine", NOW + 40, now=NOW + 32)
    assert not outbox.refuse(current, "not mine any more", now=NOW + 33)
    assert view_of(engine, late).state is DeliveryState.PENDING
    assert "late_refused 1: too late" in outbox.log_of(late.alert.id)


@pytest.mark.parametrize("fate", ["claimed again", "postponed", "refused", "written off"])
def test_a_late_success_always_counts(engine: Engine, outbox: Outbox, record: Callable[..., None], fate: str) -> None:
    record("a", 2)
    late = claimed(outbox)
    current = claimed(outbox, NOW + 30)
    if fate == "postponed":
        outbox.postpone(current, "away", NOW + 60, now=NOW + 31)
    elif fate == "refused":
        outbox.refuse(current, "no", now=NOW + 31)
    elif fate == "written off":
        written_off(engine, late, "told", NOW + 31)
    assert outbox.acknowledge(late, Receipt("200 late"), NOW + 32)
    assert not outbox.acknowledge(current, Receipt("200 again"), NOW + 33)
    assert not outbox.postpone(current, "cut", NOW + 60, now=NOW + 34)
    view = view_of(engine, late)
    assert (view.state, view.receipt, view.why) == (DeliveryState.ACKNOWLEDGED, "200 late", None)
    assert claimed(outbox, NOW + 34).alert.sequence == 1


def test_a_clock_set_back_delays_nothing(outbox: Outbox, record: Callable[..., None]) -> None:
    for name in "abc":
        record(name)
    outbox.postpone(claimed(outbox), "away", NOW + 60, now=NOW)
    claimed(outbox)  # in flight, its relay gone
    yesterday = NOW - 86_400
    assert {claimed(outbox, yesterday).alert.incident for _ in range(3)} == {incident_id(name) for name in "abc"}


def test_a_clock_set_forward_and_back_again_delays_nothing(outbox: Outbox, record: Callable[..., None]) -> None:
    record("a")
    ahead = NOW + 400 * 86_400
    outbox.postpone(claimed(outbox, ahead), "away", ahead + 60, now=ahead)
    assert claimed(outbox, NOW + 1).attempt == 2


def test_no_attempt_is_put_off_for_long(engine: Engine, outbox: Outbox, record: Callable[..., None]) -> None:
    record("a")
    delivery = claimed(outbox)
    outbox.postpone(delivery, "come back in a year", NOW + 3e7, now=NOW)
    assert view_of(engine, delivery).due == NOW + LONGEST_WAIT_SECONDS


def test_overdue_debts_are_called_out_once(engine: Engine, outbox: Outbox, record: Callable[..., None]) -> None:
    record("a", 2)
    delivery = claimed(outbox)
    assert outbox.escalate(VMS, NOW + 30, after=30.0) == []
    assert len(outbox.escalate(VMS, NOW + 31, after=30.0)) == 2
    assert outbox.escalate(VMS, NOW + 32, after=30.0) == []
    assert view_of(engine, delivery).escalated
    standing = outbox.standing("vms")
    assert (standing.owed, standing.refused, standing.overdue, standing.oldest_queued_at) == (2, 0, 2, NOW)


def test_many_claimers_never_hold_the_same_attempt(database_url: str, engine: Engine, outbox: Outbox) -> None:
    journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423")
    for number in range(6):
        journal.record(break_in(f"race {number}", count=3))
    start = threading.Barrier(4)

    def work() -> list[tuple[UUID, int, int]]:
        other = open_database(database_url)
        mine, won = Outbox(other), []
        start.wait()
        while (delivery := mine.claim("vms", NOW)) is not None:
            won.append((delivery.alert.incident, delivery.alert.sequence, delivery.attempt))
            mine.acknowledge(delivery, PAID, NOW)
        other.dispose()
        return won

    with ThreadPoolExecutor(4) as pool:
        results = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    won = [one for result in results for one in result]
    assert len(won) == len(set(won)) == 18
    assert all(attempt == 1 for *_, attempt in won)
    assert outbox.standing("vms").owed == 0
