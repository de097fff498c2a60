"""That minors are present is told as a code, at once, and to control rooms alone. On both databases."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.fakes import FakeClock
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.errors import JournalUnavailable, StepStale
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.database import reading
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema_bridge import deliveries

ONE = incident_id("one")
WHO, NOTE = "a.bianchi", "due, al piano di sopra"
STRICT = Destination("strict", DestinationKind.CONTROL_ROOM, minimum_avs=4)
UPDATED = "it.aler.vigilanza.incident.updated.v1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGAN + 300.0)


@pytest.fixture
def journal(engine: Engine, clock: FakeClock) -> Journal:
    """A break-in, confirmed; its end is still to come."""
    journal = Journal(engine=engine, destinations=[VMS, ROOM, STRICT], clock=clock, site="0423")
    journal.record(break_in("one")[:4])
    journal.decide(Decision(ONE, "m.rossi", BEGAN + 100, avs=3))
    return journal


def mark(engine: Engine, journal: Journal, clock: FakeClock) -> None:
    Aftermath(engine=engine, journal=journal, clock=clock).take(ONE, Step.MINORS_PRESENT, note=NOTE, by=WHO, after=None)


def told(engine: Engine, destination: Destination) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of its alerts, in their order."""
    mine = select(deliveries).where(deliveries.c.destination == destination.id).order_by(deliveries.c.sequence)
    with reading(engine) as connection:
        return [(row.type, row.data) for row in connection.execute(mine)]


def test_a_control_room_hears_at_once_and_with_what_comes_later(
    engine: Engine, journal: Journal, clock: FakeClock
) -> None:
    mark(engine, journal, clock)
    journal.record(break_in("one")[4:])
    (_, confirmed), (kind, updated), (_, over) = told(engine, ROOM)
    assert (kind, updated["status"], updated["avs"], updated["unit"]) == (UPDATED, "confirmed", 3, "B.03.12")
    assert [one["minors"] for one in (confirmed, updated, over)] == ["unknown", "present", "present"]
    assert WHO not in str(updated)
    assert NOTE not in str(updated)


def test_nobody_else_hears_of_it(engine: Engine, journal: Journal, clock: FakeClock) -> None:
    mark(engine, journal, clock)
    journal.record(break_in("one")[4:])
    assert told(engine, STRICT) == []
    assert UPDATED not in [kind for kind, _ in told(engine, VMS)]
    assert all("minors" not in data for _, data in told(engine, VMS))


def test_a_withdrawal_does_not_speak_of_it(engine: Engine, journal: Journal, clock: FakeClock) -> None:
    mark(engine, journal, clock)
    journal.decide(Decision(ONE, "m.rossi", clock.now(), reason=RejectReason.RESIDENT))
    journal.decide(Decision(ONE, "m.rossi", clock.now() + 1.0, avs=2))
    *_, (_, rejected), (_, again) = told(engine, ROOM)
    assert "minors" not in rejected
    assert again["minors"] == "present"


def test_a_mark_that_is_refused_owes_nothing(engine: Engine, journal: Journal, clock: FakeClock) -> None:
    mark(engine, journal, clock)
    owed = told(engine, ROOM)
    with pytest.raises(StepStale):
        Aftermath(engine=engine, journal=journal, clock=clock).take(
            ONE, Step.SOCIAL_SERVICES_TOLD, note=None, by=WHO, after=None
        )
    assert told(engine, ROOM) == owed


def test_a_mark_whose_alert_cannot_be_queued_is_not_noted(
    engine: Engine, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise JournalUnavailable("no")

    monkeypatch.setattr("vigilanza.store.ledger.queue", fail)
    with pytest.raises(JournalUnavailable):
        mark(engine, journal, clock)
    assert Aftermath(engine=engine, journal=journal, clock=clock).of(ONE) == []


def test_what_says_less_carries_nothing(engine: Engine, journal: Journal, clock: FakeClock) -> None:
    """Over some channels it is not said at all, and gets its receipt all the same."""
    journal.record(break_in("one")[4:])
    mark(engine, journal, clock)
    Outbox(engine).merge(ROOM.id, clock.now())
    mine = select(deliveries.c.type).where(deliveries.c.destination == ROOM.id, deliveries.c.state == "merged")
    with reading(engine) as connection:
        merged = list(connection.execute(mine).scalars())
    assert not [one for one in merged if "detection.ended" in one]
