"""Notes from one shift to the next, on both databases."""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.fakes import FakeClock
from tests.former import forget_steps
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import HandoverRefused, JournalUnavailable, UnknownRecord
from vigilanza.domain.handover import LONGEST
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database, writing
from vigilanza.store.handovers import Handovers
from vigilanza.store.journal import Journal

WRITES, TAKES = "m.rossi", "a.bianchi"
TABLES = ("handover_subjects", "handovers_taken", "handover_notes")
CHANGES = {"handover_subjects": "note = note", "handovers_taken": "taken_by = 'z'", "handover_notes": "text = 'z'"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def handovers(engine: Engine, clock: FakeClock) -> Handovers:
    return Handovers(engine=engine, clock=clock)


def test_a_note_waits_until_somebody_else_takes_it_over(handovers: Handovers, engine: Engine, clock: FakeClock) -> None:
    first, second = (handovers.write(words, by=WRITES) for words in (" scala B:\r\nluce rotta\n", "altro"))
    assert (first.text, first.by, first.at) == ("scala B:\nluce rotta", WRITES, clock.now())
    assert [handovers.waiting(9), handovers.waiting(1), handovers.taken(9)] == [[first, second], [second], []]
    clock.advance(60.0)
    taken = handovers.take(first.id, by=TAKES)
    assert (taken.taken_by, taken.taken_at) == (TAKES, clock.now())
    assert [handovers.waiting(9), handovers.taken(9)] == [[second], [taken]]
    records = AuditChain(engine=engine, clock=clock).latest(9)
    assert [(one.who, one.action) for one in records] == [
        (TAKES, "handover.taken"),
        (WRITES, "handover.written"),
        (WRITES, "handover.written"),
    ]
    assert json.loads(records[-1].detail) == {"sha256": sha256(first.text.encode()).hexdigest()}


def test_who_wrote_it_cannot_take_it_over_and_nobody_can_twice(handovers: Handovers) -> None:
    note = handovers.write("x", by=WRITES)
    with pytest.raises(HandoverRefused, match="whoever wrote"):
        handovers.take(note.id, by=WRITES)

    def attempt(name: str) -> str:
        try:
            handovers.take(note.id, by=name)
        except HandoverRefused as refusal:
            return refusal.field
        return "taken"

    with ThreadPoolExecutor(3) as shift:
        assert sorted(shift.map(attempt, ("a", "b", "c"))) == ["id", "id", "taken"]
    with pytest.raises(UnknownRecord):
        handovers.take(uuid4(), by=TAKES)


@pytest.mark.parametrize("words", ["", " \n ", "nul\0", "bell\a", "x" * (LONGEST + 1)])
def test_a_note_is_plain_text(handovers: Handovers, words: str) -> None:
    with pytest.raises(HandoverRefused) as refused:
        handovers.write(words, by=WRITES)
    assert (refused.value.field, handovers.waiting(9)) == ("text", [])
    handovers.write("x" * LONGEST, by=WRITES)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written(
    handovers: Handovers, engine: Engine, table: str, act: str
) -> None:
    Journal(engine=engine, destinations=[], clock=FakeClock(), site="s").record(break_in("one"))
    handovers.take(handovers.write("x", by=WRITES, about=[incident_id("one")]).id, by=TAKES)
    refuses(engine, act.format(table, CHANGES[table]))


def test_a_note_is_about_incidents_that_are_there(handovers: Handovers, engine: Engine, clock: FakeClock) -> None:
    journal = Journal(engine=engine, destinations=[], clock=clock, site="s")
    for name in ("one", "two"):
        journal.record(break_in(name))
    one, two = incident_id("one"), incident_id("two")
    both = handovers.write("luce rotta", by=WRITES, about=[one, two, one])
    handovers.write("altro", by=WRITES)
    assert set(both.about) == {one, two}
    assert len(both.about) == 2
    for incident in (one, two):
        [told] = handovers.of(incident)
        assert (told.id, told.text, set(told.about), told.taken_by) == (both.id, "luce rotta", {one, two}, None)
    assert handovers.take(both.id, by=TAKES).about == handovers.of(one)[0].about
    [record] = [one for one in AuditChain(engine=engine, clock=clock).latest(9) if "about" in one.detail]
    assert set(json.loads(record.detail)["about"]) == {str(one), str(two)}
    for unknown in ([uuid4()], [uuid4() for _ in range(51)]):
        with pytest.raises(HandoverRefused) as refused:
            handovers.write("x", by=WRITES, about=unknown)
        assert refused.value.field == "about"
    assert len(handovers.waiting(9)) == 1
    assert [note.text for note in handovers.between(0.0, clock.now() + 1)] == ["luce rotta", "altro"]
    assert handovers.between(clock.now() + 1, clock.now() + 9) == []


def test_a_database_of_before_gets_the_tables(database_url: str, clock: FakeClock) -> None:
    old = open_database(database_url)
    with writing(old) as connection:
        forget_steps(connection)
        for table in TABLES:
            connection.execute(text(f"DROP TABLE {table}"))
            if old.dialect.name == "postgresql":
                connection.execute(text(f"DROP FUNCTION {table}_append_only()"))
    old.dispose()
    new = open_database(database_url)
    handovers = Handovers(engine=new, clock=clock)
    note = handovers.write("x", by=WRITES)
    assert handovers.waiting(9) == [note]
    refuses(new, "DELETE FROM handover_notes")
    new.dispose()


def test_unfinished_is_what_stands_confirmed_and_is_not_closed(engine: Engine, clock: FakeClock) -> None:
    journal = Journal(engine=engine, destinations=[], clock=clock, site="s")
    for name in ("undecided", "early", "withdrawn", "late", "closed"):
        journal.record(break_in(name))
    for number, name in enumerate(("early", "withdrawn", "late", "closed")):
        journal.decide(Decision(incident_id(name), WRITES, BEGAN + 100 + number, avs=3))
    journal.decide(Decision(incident_id("withdrawn"), WRITES, BEGAN + 200, reason=RejectReason.TEST))
    aftermath = Aftermath(engine=engine, journal=journal, clock=clock)
    last = None
    for what in (Step.DISPATCHED, Step.ON_SITE, Step.UNFOUNDED, Step.CLOSED):
        last = aftermath.take(incident_id("closed"), what, note=None, by=WRITES, after=last).taken[-1].id
    aftermath.take(incident_id("early"), Step.DISPATCHED, note=None, by=WRITES, after=None)
    found = [(one.incident, one.door, one.opened_at, one.steps) for one in aftermath.unfinished(9)]
    assert found == [
        (incident_id("late"), "B.03.12", BEGAN, ()),
        (incident_id("early"), "B.03.12", BEGAN, (Step.DISPATCHED,)),
    ]
    assert [one.incident for one in aftermath.unfinished(1)] == [incident_id("late")]


def refuses(engine: Engine, statement: str) -> None:
    with pytest.raises((JournalUnavailable, IntegrityError), match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
