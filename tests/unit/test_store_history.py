"""The archive's questions, on both databases."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.store.history import History
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.sought import Mark, Outcome, Wanted

HOUR = 3600.0
ALL = Wanted(BEGAN - HOUR, BEGAN + 24 * HOUR)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(engine: Engine, clock: FakeClock) -> Journal:
    """Three break-ins an hour apart: confirmed, rejected after a first confirmation, and only a loiterer undecided."""
    journal = Journal(engine=engine, destinations=[VMS, ROOM], clock=clock, site="0423")
    journal.record(break_in("a"))
    journal.record(elsewhere(break_in("b", count=3, began=BEGAN + HOUR)))
    journal.record(break_in("c", count=1, began=BEGAN + 2 * HOUR))
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60.0, avs=3))
    journal.decide(Decision(incident_id("b"), "anna", BEGAN + HOUR + 60.0, avs=1))
    journal.decide(Decision(incident_id("b"), "bruno", BEGAN + HOUR + 90.0, reason=RejectReason.CHILDREN))
    return journal


def elsewhere(events: list[Event]) -> list[Event]:
    return [replace(event, camera="stairs-4", door="B.04.16") for event in events]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ALL, "cba"),
        (replace(ALL, since=BEGAN, until=BEGAN + 2 * HOUR), "ba"),
        (replace(ALL, camera="stairs-4"), "b"),
        (replace(ALL, doors=("B.03.12",)), "ca"),
        (replace(ALL, doors=()), ""),
        (replace(ALL, kind=EventKind.DOOR_OPENED), "ba"),
        (replace(ALL, kind=EventKind.CLOSED), "a"),
        (replace(ALL, severity=Severity.ALARM), "ba"),
        (replace(ALL, outcome=Outcome.UNDECIDED), "c"),
        (replace(ALL, outcome=Outcome.CONFIRMED), "a"),
        (replace(ALL, outcome=Outcome.REJECTED), "b"),
        (replace(ALL, avs=3), "a"),
        (replace(ALL, avs=1), ""),
        (replace(ALL, reason=RejectReason.CHILDREN), "b"),
        (replace(ALL, reason=RejectReason.ANIMAL), ""),
    ],
)
def test_incidents_are_found_by_what_they_are_and_what_the_latest_decision_says(
    engine: Engine, journal: Journal, wanted: Wanted, names: str
) -> None:
    history = History(engine)
    assert [one.id for one in history.page(wanted, limit=9)] == [incident_id(name) for name in names]
    assert history.count(wanted) == len(names)


def test_one_is_told_by_its_gravest_event_and_its_latest_decision(engine: Engine, journal: Journal) -> None:
    last, middle, first = History(engine).page(ALL, limit=3)
    assert (first.kind, first.severity, first.open) == (EventKind.ENTRY, Severity.CRITICAL, False)
    assert (first.outcome, first.avs, first.reason) == (Outcome.CONFIRMED, 3, None)
    assert (middle.outcome, middle.reason, middle.decided_by) == (Outcome.REJECTED, RejectReason.CHILDREN, "bruno")
    assert (last.outcome, last.decided_at) == (Outcome.UNDECIDED, None)


def test_pages_meet_without_gap_or_overlap_where_many_began_at_once(engine: Engine) -> None:
    journal = Journal(engine=engine, destinations=[], clock=FakeClock(), site="0423")
    for number in range(7):
        journal.record(break_in(f"many-{number}", count=1))
    history = History(engine)
    seen: list[UUID] = []
    below: Mark | None = None
    while page := history.page(ALL, limit=3, below=below):
        seen += [one.id for one in page]
        below = Mark(page[-1].first_at, page[-1].id)
    assert len(seen) == 7
    assert set(seen) == {incident_id(f"many-{number}") for number in range(7)}
    assert [one.id for one in history.all(ALL, chunk=2)] == seen


def test_latency_is_from_the_commit_to_the_receipt(engine: Engine, clock: FakeClock) -> None:
    journal = Journal(engine=engine, destinations=[VMS, ROOM], clock=clock, site="0423")
    journal.record(break_in("a", count=2))
    outbox, owed = Outbox(engine), clock.now()
    delivery = outbox.claim(VMS.id, now=owed + 1.5)
    assert delivery is not None
    history = History(engine)
    assert history.paid(ALL) == []
    outbox.acknowledge(delivery, Receipt("r-1"), now=owed + 2.5)
    [paid] = history.paid(ALL)
    assert paid.destination == VMS.id
    assert paid.seconds == pytest.approx(2.5)
    assert history.paid(replace(ALL, until=BEGAN)) == []


def test_an_empty_archive_says_so(engine: Engine) -> None:
    history = History(engine)
    assert (history.first_at(), history.places(), history.count(ALL)) == (None, ([], []), 0)
    assert list(history.all(ALL)) == []


def test_first_and_places_are_of_all_there_is(engine: Engine, journal: Journal) -> None:
    history = History(engine)
    assert history.first_at() == BEGAN
    assert history.places() == (["stairs-3", "stairs-4"], ["B.03.12", "B.04.16"])
