"""Which answers are kept, and which alerts are called out because nobody answered. On both databases."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import DBAPIError

from tests.cap import NOW, ROOM, claimed, confirmed, paid
from tests.fakes import FakeClock
from tests.samples import VMS, break_in, incident_id
from vigilanza.domain.alert import alert_for_test
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.store import ledger
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import writing
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.replies import Replies
from vigilanza.store.schema_bridge import replies, unanswered
from vigilanza.store.tasks import Tasks

WITHIN = 60.0
HOUR = 3600.0


def answer(engine: Engine, alert: UUID, *, kind: str = "ack", sha: str = "a") -> bool:
    return Replies(engine).record([alert], kind=kind, who="co", note="ricevuto", sha256=sha * 64, now=NOW)


def test_a_receipt_without_an_answer_is_called_out_once_and_telephoned(engine: Engine) -> None:
    alert = paid(engine, confirmed(engine)).alert
    book = Replies(engine)
    assert book.overdue("room", NOW + WITHIN - 1, WITHIN) == []
    assert book.overdue("other", NOW + WITHIN, WITHIN) == []
    assert book.overdue("room", NOW + WITHIN, WITHIN) == [alert.id]
    assert book.overdue("room", NOW + 2 * WITHIN, WITHIN) == []
    assert [task.alert for task in Tasks(engine).open()] == [alert.id]
    assert Outbox(engine).log_of(alert.id)[-1] == "unanswered 1: "
    view = Queries(engine).incident(alert.incident)
    assert view is not None
    assert [one.escalated for one in view.deliveries if one.destination == "room"] == [True]


def test_an_answer_in_time_keeps_it_quiet_and_a_late_one_ends_the_call(engine: Engine) -> None:
    first = paid(engine, confirmed(engine, name="a")).alert
    late = paid(engine, confirmed(engine, name="b")).alert
    assert answer(engine, first.id)
    assert Replies(engine).overdue("room", NOW + WITHIN, WITHIN) == [late.id]
    assert answer(engine, late.id, sha="b")
    assert Tasks(engine).open() == []


@pytest.mark.parametrize("earlier", [True, False])
def test_an_answer_to_a_later_message_answers_the_earlier_ones_not_the_other_way(engine: Engine, earlier: bool) -> None:
    incident = confirmed(engine)
    journal = Journal(engine=engine, destinations=[ROOM], clock=FakeClock(NOW), site="0423")
    journal.decide(Decision(incident, "operator-017", NOW + 1, avs=4))
    first, second = paid(engine, incident).alert, paid(engine, incident).alert
    if earlier:
        answer(engine, first.id)
        assert Replies(engine).overdue("room", NOW + WITHIN, WITHIN) == [second.id]
    else:
        answer(engine, second.id)
        assert Replies(engine).overdue("room", NOW + WITHIN, WITHIN) == []


def test_a_clock_set_back_does_not_put_off_the_call(engine: Engine) -> None:
    alert = paid(engine, confirmed(engine)).alert
    assert Replies(engine).overdue("room", NOW - WITHIN, WITHIN) == []
    assert Replies(engine).overdue("room", NOW - 3600, WITHIN) == [alert.id]


def test_a_clock_set_back_does_not_put_off_the_call_about_a_debt(engine: Engine) -> None:
    confirmed(engine)
    alert = claimed(engine).alert.id
    assert Outbox(engine).escalate(ROOM, NOW - 20, after=30.0) == []
    assert Outbox(engine).escalate(ROOM, NOW - 3600, after=30.0) == [alert]
    assert [task.alert for task in Tasks(engine).open()] == [alert]


def test_an_error_is_called_out_at_once(engine: Engine) -> None:
    alert = paid(engine, confirmed(engine)).alert
    answer(engine, alert.id, kind="error")
    assert Replies(engine).overdue("room", NOW + 1, WITHIN) == [alert.id]
    answer(engine, alert.id, sha="b")
    assert Tasks(engine).open() == []


def test_what_has_no_receipt_or_is_long_past_or_a_test_is_not_called_out(engine: Engine) -> None:
    confirmed(engine, name="a")
    with writing(engine) as connection:
        ledger.queue(connection, [alert_for_test(ROOM, incident=incident_id("t"), at=NOW, by="x", site="s")], now=NOW)
    seen = set()
    for _ in range(2):
        delivery = claimed(engine)
        seen.add(delivery.alert.type)
        if "test" in delivery.alert.type:
            Outbox(engine).acknowledge(delivery, Receipt("200"), NOW)
    assert len(seen) == 2
    assert Replies(engine).overdue("room", NOW + WITHIN, WITHIN) == []
    Outbox(engine).acknowledge(delivery, Receipt("200"), NOW)
    old = paid(engine, confirmed(engine, name="b"), now=NOW + 30).alert
    assert old.id not in Replies(engine).overdue("room", NOW + 31 + FLAGRANTE_SECONDS, WITHIN)


@pytest.mark.parametrize(
    ("window", "late", "called"),
    [(48, 47.0, True), (72, 71.0, True), (72, 73.0, False), (1, 5.0, True), (1, 7.0, False)],
)
def test_a_relay_that_was_down_calls_out_what_the_window_still_holds(
    engine: Engine, window: int, late: float, called: bool
) -> None:
    alert = paid(engine, confirmed(engine)).alert
    book = Replies(engine, flagrante=window * HOUR)
    assert book.overdue("room", NOW + late * HOUR, WITHIN) == ([alert.id] if called else [])
    assert [task.alert for task in Tasks(engine).open()] == ([alert.id] if called else [])


def test_looking_back_so_far_reads_the_receipts_of_the_window_alone(sqlite: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(sqlite, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    Replies(sqlite).overdue("room", NOW, WITHIN)
    statement, values = next((text, values) for text, values in asked if "FROM deliveries" in text)
    with sqlite.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert plan[0].detail == "SEARCH deliveries USING INDEX deliveries_ended (destination=? AND ended_at>?)"


def test_a_call_that_the_receipt_made_needless_is_asked_for_again(engine: Engine) -> None:
    incident = confirmed(engine)
    assert len(Outbox(engine).escalate(ROOM, NOW + 40, after=30)) == 1
    assert len(Tasks(engine).open()) == 1
    alert = paid(engine, incident, now=NOW + 41).alert
    assert Tasks(engine).open() == []
    assert Replies(engine).overdue("room", NOW + 41 + WITHIN, WITHIN) == [alert.id]
    assert [task.at for task in Tasks(engine).open()] == [NOW + 41 + WITHIN]


def test_whoever_has_telephoned_is_not_asked_again(engine: Engine) -> None:
    incident = confirmed(engine)
    Outbox(engine).escalate(ROOM, NOW + 40, after=30)
    [task] = Tasks(engine).open()
    Tasks(engine).done(task.alert, by="Anna", note="con la centrale alle 3", now=NOW + 41)
    alert = paid(engine, incident, now=NOW + 41).alert
    assert Replies(engine).overdue("room", NOW + 41 + WITHIN, WITHIN) == [alert.id]
    assert Tasks(engine).open() == []


def test_an_answer_is_kept_once_audited_and_never_changed(engine: Engine) -> None:
    alert = paid(engine, confirmed(engine)).alert
    assert answer(engine, alert.id)
    assert not answer(engine, alert.id)
    chain = AuditChain(engine=engine, clock=FakeClock(NOW))
    record = chain.latest(1)[0]
    assert (record.who, record.action, record.subject) == ("co", "alert.replied", str(alert.id))
    chain.verify()
    silent = paid(engine, confirmed(engine, name="b")).alert
    assert Replies(engine).overdue("room", NOW + WITHIN, WITHIN) == [silent.id]
    for table in (replies, unanswered):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(update(table).values(at=1.0))
    with engine.connect() as connection:
        assert len(connection.execute(select(replies)).all()) == 1


def test_nobody_is_telephoned_about_what_nobody_confirmed(engine: Engine) -> None:
    Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("a", count=3))
    alerts = [paid(engine, incident_id("a"), destination="vms").alert for _ in range(3)]
    assert alerts[-1].urgent
    assert Replies(engine).overdue("vms", NOW + WITHIN, WITHIN) == [alert.id for alert in alerts]
    assert Tasks(engine).open() == []
