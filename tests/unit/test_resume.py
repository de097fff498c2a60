"""What was open at the end of the last watch is taken up, whether the journal answers at once or late."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from tests.fakes import FakeClock
from tests.samples import break_in
from vigilanza.app.resume import Resumption, still_open
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event
from vigilanza.domain.incident import Policy, resumed, step
from vigilanza.domain.observation import Fact, Observation


class AwayJournal:
    """Answers at the `answers_at`-th question."""

    def __init__(self, answers_at: int, *open_incidents: Event) -> None:
        self.left, self.open_incidents = answers_at, open_incidents

    def ask(self) -> Sequence[Event]:
        self.left -= 1
        if self.left > 0:
            raise JournalUnavailable("away")
        return self.open_incidents


def resume(journal: AwayJournal, spooled: Sequence[Event]) -> list[Sequence[Event]]:
    """Everything the eyes were told, in order."""
    told: list[Sequence[Event]] = []
    Resumption(recorded=journal.ask, spooled=spooled, resume=told.append, clock=FakeClock()).run(threading.Event())
    return told


def test_the_spool_is_ahead_of_the_journal() -> None:
    first, second, third = break_in("a", count=3)
    assert resume(AwayJournal(1, first), [second, third]) == [[second, third], [first, second, third]]


def test_what_the_spool_knows_as_closed_is_not_taken_up() -> None:
    events = break_in("a")
    assert resume(AwayJournal(1, *events[:3]), events[3:]) == [[], []]


def test_the_latest_incident_of_a_door_is_taken_up_and_every_door_for_itself() -> None:
    old, new = break_in("old", count=1)[0], break_in("new", count=1, began=1_795_001_000.0)[0]
    elsewhere = replace(break_in("elsewhere", count=1)[0], door="B.03.13")
    view = replace(break_in("view", count=1)[0], door=None)
    assert set(still_open([new, old, elsewhere, view])) == {elsewhere, view, new}


def test_a_journal_that_is_away_is_asked_until_it_answers() -> None:
    first, second = break_in("a", count=2)
    assert resume(AwayJournal(4, second), [first]) == [[first], [first, second]]


def test_the_cameras_do_not_wait_for_a_journal_that_stays_away() -> None:
    clock = FakeClock()
    began = clock.monotonic()
    resumption = Resumption(recorded=AwayJournal(9).ask, spooled=(), resume=lambda events: None, clock=clock)
    resumption.wait()
    assert clock.monotonic() - began == 2.0


def test_two_boxes_that_go_on_with_one_incident_tell_what_comes_next_under_one_id() -> None:
    """For a moment both may watch: the journal takes an event once, whoever tells it, and whenever each saw it."""
    told = break_in("a", count=3)
    opened = [Observation(Fact.WENT_IN, 1.0, where=told[0].door)]
    (first,), (second,) = (step(resumed(told), opened, told[-1].at + late, Policy())[1] for late in (5.0, 6.3))
    assert (first.id, first.incident) == (second.id, told[0].incident)
