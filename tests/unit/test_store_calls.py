"""Telephone calls about a confirmed incident, on both databases."""

import json
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.domain.aftermath import Step
from vigilanza.domain.call import AHEAD_S, Call
from vigilanza.domain.decision import Decision
from vigilanza.domain.errors import CallRefused, JournalUnavailable, StepRefused, StepStale
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import writing
from vigilanza.store.journal import Journal

ONE = incident_id("one")
WHO = "a.bianchi"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGAN + 600)


@pytest.fixture
def aftermath(engine: Engine, clock: FakeClock) -> Aftermath:
    return decided(engine, clock, avs=3)


def decided(engine: Engine, clock: FakeClock, avs: int) -> Aftermath:
    journal = Journal(engine=engine, destinations=[], clock=clock, site="s")
    journal.record(break_in("one"))
    journal.decide(Decision(ONE, "m.rossi", clock.now(), avs=avs))
    return Aftermath(engine=engine, journal=journal, clock=clock)


def called(
    at: float, *, whom: str = "Numero unico", spoke_with: str = "agente 12", said: str = "mandano una volante"
) -> Call:
    return Call(whom, "112", at, spoke_with, said)


def telephone(aftermath: Aftermath, call: Call, *, sends: bool, after: UUID | None = None) -> Step:
    standing = aftermath.telephone(ONE, call, sends=sends, destination=None, by=WHO, after=after)
    return standing.taken[-1].what


def test_a_call_is_kept_as_a_step_with_all_that_was_said(
    aftermath: Aftermath, engine: Engine, clock: FakeClock
) -> None:
    call = called(clock.now() - 120)
    assert telephone(aftermath, call, sends=True) is Step.DISPATCHED_BY_PHONE
    [step] = aftermath.of(ONE)
    assert (step.call, step.by, step.at, step.note) == (call, WHO, clock.now(), None)
    assert telephone(aftermath, called(clock.now()), sends=True, after=step.id) is Step.TELEPHONED
    [record, *_] = AuditChain(engine=engine, clock=clock).latest(9)[1:]
    assert (record.who, record.action, record.subject) == (WHO, "incident.followed_up", str(ONE))
    said = {"whom": "Numero unico", "number": "112", "at": call.at, "spoke_with": "agente 12"}
    assert json.loads(record.detail) == {
        "step": "dispatched_by_phone",
        "call": said | {"said": "mandano una volante"},
    }


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (called(BEGAN + 600 + AHEAD_S + 1), "at"),
        (called(BEGAN - AHEAD_S - 1), "at"),
        (called(BEGAN + 1, whom="two\nlines"), "whom"),
        (called(BEGAN + 1, whom=" "), "whom"),
        (called(BEGAN + 1, spoke_with=" "), "spoke_with"),
        (called(BEGAN + 1, spoke_with="x" * 101), "spoke_with"),
        (called(BEGAN + 1, said="two\nlines"), "said"),
        (called(BEGAN + 1, said="x" * 301), "said"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(
    aftermath: Aftermath, engine: Engine, clock: FakeClock, call: Call, field: str
) -> None:
    known = AuditChain(engine=engine, clock=clock).latest(99)
    with pytest.raises(CallRefused) as refused:
        telephone(aftermath, call, sends=True)
    assert refused.value.field == field
    assert (aftermath.of(ONE), AuditChain(engine=engine, clock=clock).latest(99)) == ([], known)


def test_who_did_not_see_the_last_step_is_told(aftermath: Aftermath, clock: FakeClock) -> None:
    telephone(aftermath, called(clock.now()), sends=False)
    with pytest.raises(StepStale):
        telephone(aftermath, called(clock.now()), sends=False)


def test_what_avs_1_left_alone_comes_back_with_a_graver_score(engine: Engine, clock: FakeClock) -> None:
    aftermath = decided(engine, clock, avs=1)
    with pytest.raises(StepRefused):
        aftermath.take(ONE, Step.CLOSED, note=None, by=WHO, after=None)
    last = aftermath.take(ONE, Step.NOT_DISPATCHED, note="custode: nulla", by=WHO, after=None).taken[-1].id
    last = aftermath.take(ONE, Step.CLOSED, note=None, by=WHO, after=last).taken[-1].id
    assert aftermath.unfinished(9) == []
    clock.advance(60.0)
    Journal(engine=engine, destinations=[], clock=clock, site="s").decide(Decision(ONE, "m.rossi", clock.now(), avs=3))
    assert [one.incident for one in aftermath.unfinished(9)] == [ONE]
    for what in (Step.DISPATCHED, Step.ON_SITE, Step.UNFOUNDED, Step.CLOSED):
        last = aftermath.take(ONE, what, note=None, by=WHO, after=last).taken[-1].id
    assert aftermath.unfinished(9) == []


@pytest.mark.parametrize("statement", ["UPDATE telephone_calls SET said = 'z'", "DELETE FROM telephone_calls"])
def test_the_database_refuses_to_change_what_was_said(
    aftermath: Aftermath, engine: Engine, clock: FakeClock, statement: str
) -> None:
    telephone(aftermath, called(clock.now()), sends=True)
    with pytest.raises((JournalUnavailable, IntegrityError), match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))
