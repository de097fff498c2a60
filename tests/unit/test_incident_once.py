"""What was told is not told again: in the same incident, after a restart, or for a picture that comes late."""

from dataclasses import replace

import pytest

from tests.observed import AT_WORK, CALM, OPENED, PRESENT, STRAINING, Scene, observed, play
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.incident import Policy, resumed, step
from vigilanza.domain.observation import Fact

PARTLY = (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED)
OUT = (*OPENED, Fact.CAME_OUT)


def test_what_alarmed_before_something_else_was_told_does_not_alarm_again() -> None:
    now, before = play(Scene(1, CALM), Scene(1, STRAINING), Scene(1, (*PRESENT, Fact.HAND_ON_LEAF)), Scene(10, PARTLY))
    assert [event.kind for event in before] == [EventKind.TAMPERING, EventKind.SEAL_CHANGED]
    assert play(Scene(5, STRAINING), Scene(30, AT_WORK), now=now)[1] == []


def test_somebody_who_came_out_during_a_visit_is_not_told_again_after_a_restart() -> None:
    _, told = play(Scene(1, CALM), Scene(3, OPENED), Scene(1, OUT))
    assert told[-1].kind is EventKind.EXIT
    visit = [replace(event, severity=Severity.INFO, order="WO-1") for event in told]
    assert play(Scene(5, OUT), now=resumed(visit))[1] == []


@pytest.mark.parametrize("back", [0.0, 0.1, 30.0])
def test_a_picture_older_than_the_end_of_an_incident_begins_none(back: float) -> None:
    closed, events = play(Scene(11, PRESENT), Scene(20.1, CALM))
    assert events[-1].phase is Phase.CLOSED
    assert closed.at is not None
    assert closed.at == events[-1].at
    assert step(closed, observed(OPENED), closed.at - back, Policy()) == (closed, ())


def test_whoever_works_on_at_a_forced_door_after_a_restart_did_not_come_back_to_it() -> None:
    working = (*OPENED, Fact.PERSON_AT_DOOR, Fact.WORKS_ON_LEAF)
    _, told = play(Scene(1, CALM), Scene(3, working))
    assert told[-1].kind is EventKind.DOOR_OPENED
    assert play(Scene(5, working), now=resumed(told))[1] == []
