"""What was done after a confirmation, on both databases: in order, by name, for good."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.fakes import FakeClock
from tests.former import forget_steps
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import JournalUnavailable, StepRefused, StepStale, UnknownRecord
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database, writing
from vigilanza.store.journal import Journal
from vigilanza.store.queries import Queries

ONE = incident_id("one")
WHO = "a.bianchi"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def confirmed(engine: Engine, clock: FakeClock) -> Aftermath:
    """One confirmed incident."""
    journal = Journal(engine=engine, destinations=[], clock=clock, site="s")
    journal.record(break_in("one"))
    journal.decide(Decision(ONE, "m.rossi", BEGAN + 100, avs=3))
    return Aftermath(engine=engine, journal=journal, clock=clock)


def take(aftermath: Aftermath, what: Step, after: UUID | None, note: str | None = None) -> UUID:
    return aftermath.take(ONE, what, note=note, by=WHO, after=after).taken[-1].id


def test_steps_are_kept_in_order_with_who_when_and_in_the_audit_chain(engine: Engine, clock: FakeClock) -> None:
    aftermath, queries = confirmed(engine, clock), Queries(engine)
    marker = queries.marker()
    first = take(aftermath, Step.DISPATCHED_BY_PHONE, None, "03:21, agente 12")
    assert queries.changed_since(marker)
    began = clock.now()
    clock.advance(-3600.0)  # a clock put back changes no order
    take(aftermath, Step.ON_SITE, first)
    steps = aftermath.of(ONE)
    assert [(step.what, step.by, step.at, step.note) for step in steps] == [
        (Step.DISPATCHED_BY_PHONE, WHO, began, "03:21, agente 12"),
        (Step.ON_SITE, WHO, began - 3600.0, None),
    ]
    records = [one for one in AuditChain(engine=engine, clock=clock).latest(9) if one.action == "incident.followed_up"]
    assert [(one.who, one.subject) for one in records] == [(WHO, str(ONE))] * 2
    assert [json.loads(one.detail) for one in records] == [
        {"step": "on_site"},
        {"step": "dispatched_by_phone", "note": "03:21, agente 12"},
    ]


def test_of_two_at_once_the_second_is_told(engine: Engine, clock: FakeClock) -> None:
    aftermath = confirmed(engine, clock)

    def attempt(_: int) -> str:
        try:
            take(aftermath, Step.MINORS_PRESENT, None)
        except StepStale:
            return "told"
        return "noted"

    with ThreadPoolExecutor(4) as operators:
        assert sorted(operators.map(attempt, range(4))) == ["noted", "told", "told", "told"]
    assert len(aftermath.of(ONE)) == 1


def test_what_is_refused_leaves_no_trace(engine: Engine, clock: FakeClock) -> None:
    aftermath, chain = confirmed(engine, clock), AuditChain(engine=engine, clock=clock)
    known = chain.latest(99)
    with pytest.raises(StepRefused, match="cannot follow"):
        take(aftermath, Step.CLOSED, None)
    with pytest.raises(StepRefused, match="spoken"):
        take(aftermath, Step.DISPATCHED_BY_PHONE, None)
    with pytest.raises(StepStale):
        take(aftermath, Step.DISPATCHED, uuid4())
    with pytest.raises(UnknownRecord):
        aftermath.take(uuid4(), Step.DISPATCHED, note=None, by=WHO, after=None)
    assert (aftermath.of(ONE), chain.latest(99)) == ([], known)


def test_only_what_stands_confirmed_is_followed_up(engine: Engine, clock: FakeClock) -> None:
    aftermath = confirmed(engine, clock)
    journal = Journal(engine=engine, destinations=[], clock=clock, site="s")
    first = take(aftermath, Step.DISPATCHED, None)
    journal.decide(Decision(ONE, "m.rossi", BEGAN + 200, reason=RejectReason.TEST))
    with pytest.raises(StepRefused, match="nobody has confirmed"):
        take(aftermath, Step.ON_SITE, first)
    journal.decide(Decision(ONE, "m.rossi", BEGAN + 300, avs=2))
    take(aftermath, Step.ON_SITE, first)


@pytest.mark.parametrize("statement", ["UPDATE aftermath_steps SET at = 0", "DELETE FROM aftermath_steps"])
def test_the_database_refuses_to_change_what_was_noted(engine: Engine, clock: FakeClock, statement: str) -> None:
    take(confirmed(engine, clock), Step.DISPATCHED, None)
    refuses(engine, statement)


def test_a_database_of_before_gets_the_table(database_url: str, clock: FakeClock) -> None:
    old = open_database(database_url)
    confirmed(old, clock)
    with writing(old) as connection:
        forget_steps(connection)
        for table in ("telephone_calls", "aftermath_steps"):
            connection.execute(text(f"DROP TABLE {table}"))
            if old.dialect.name == "postgresql":
                connection.execute(text(f"DROP FUNCTION {table}_append_only()"))
    old.dispose()
    new = open_database(database_url)
    journal = Journal(engine=new, destinations=[], clock=clock, site="s")
    aftermath = Aftermath(engine=new, journal=journal, clock=clock)
    assert aftermath.of(ONE) == []
    take(aftermath, Step.DISPATCHED, None)
    refuses(new, "DELETE FROM aftermath_steps")
    new.dispose()


def refuses(engine: Engine, statement: str) -> None:
    with pytest.raises((JournalUnavailable, IntegrityError), match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
