"""What has ended raises nothing: a fact that ran long enough, but is not seen any more when its event could come."""

import pytest

from tests.observed import BEGAN, CALM, CAMERA, DOOR, OPENED, PRESENT, Scene, pictures, play
from vigilanza.domain.events import EventKind, Severity
from vigilanza.domain.incident import Incident, Policy
from vigilanza.domain.observation import Fact
from vigilanza.domain.workorder import WorkOrder, step_under

FPS = 16.0
PICTURE_S = 1 / FPS

BEFORE_END = {
    "somebody stays": (PRESENT, (EventKind.LOITERING, Severity.ATTENTION)),
    "somebody works": ((*CALM, Fact.WORKS_ON_LEAF), (EventKind.TAMPERING, Severity.ALARM)),
    "somebody crouches": ((*CALM, Fact.CROUCHES_AT_LEAF), (EventKind.TAMPERING, Severity.ALARM)),
    "somebody strains": ((*CALM, Fact.STRAINS_AT_LEAF), (EventKind.TAMPERING, Severity.ALARM)),
    "the leaf differs": (OPENED, (EventKind.DOOR_OPENED, Severity.ALARM)),
    "the leaf is ajar": ((Fact.VIEW_CLEAR, Fact.LEAF_AJAR), (EventKind.DOOR_OPENED, Severity.ALARM)),
    "a seal is gone": ((Fact.VIEW_CLEAR, Fact.SEAL_GONE), (EventKind.SEAL_CHANGED, Severity.ALARM)),
    "part differs after hands": (
        (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED, Fact.HAND_ON_LEAF),
        (EventKind.SEAL_CHANGED, Severity.ATTENTION),
    ),
}
"""Seen for long under a work order: what the first picture after its end may raise."""
LEVELS = {"the leaf differs", "the leaf is ajar", "a seal is gone", "part differs after hands"}
"""What is there or is not; what people do is seen only now and then."""


def told_after_an_order(*film: Scene) -> list[tuple[float, EventKind, Severity]]:
    """The events after the order of a film's last scene but one, with the seconds since its end."""
    ends_at = BEGAN + sum(scene.seconds for scene in film[:-1])
    visit = WorkOrder("WO-1", DOOR, BEGAN, ends_at)
    now, under = Incident(CAMERA, DOOR), None
    told = []
    for at, observations in pictures(film, fps=FPS):
        covers = visit if visit.covers(DOOR, at) else None
        now, events, under = step_under(now, observations, at, Policy(), order=covers, under=under)
        told += [(event.at - ends_at, event.kind, event.severity) for event in events if event.order is None]
    return told


@pytest.mark.parametrize("case", BEFORE_END)
def test_what_is_still_seen_after_an_order_is_raised_at_once(case: str) -> None:
    facts, raised = BEFORE_END[case]
    assert told_after_an_order(Scene(1, CALM), Scene(15, facts), Scene(1, facts)) == [(PICTURE_S, *raised)]


@pytest.mark.parametrize("case", BEFORE_END)
@pytest.mark.parametrize(("pause_s", "still"), [(0.5, True), (2.5 - 2 * PICTURE_S, True), (2.5 - PICTURE_S, False)])
def test_after_an_order_people_may_pause_for_a_moment_but_a_leaf_is_judged_by_its_level(
    case: str, pause_s: float, still: bool
) -> None:
    """Two pictures pass besides the pause: the last that shows the fact, and the one that ends the order."""
    facts, raised = BEFORE_END[case]
    told = told_after_an_order(Scene(1, CALM), Scene(15, facts), Scene(pause_s, CALM), Scene(10, CALM))
    assert told == ([(PICTURE_S, *raised)] if still and case not in LEVELS else [])


@pytest.mark.parametrize(("pause_s", "told"), [(1.0, True), (5.0, False)])
def test_hands_of_a_visit_that_were_gone_when_it_ended_do_not_count_after_it(pause_s: float, told: bool) -> None:
    hands, partly = (*PRESENT, Fact.HAND_ON_LEAF), (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED)
    events = told_after_an_order(Scene(1, CALM), Scene(11, hands), Scene(pause_s, CALM), Scene(10, partly))
    seal = [kind for _, kind, _ in events if kind is EventKind.SEAL_CHANGED]
    assert seal == ([EventKind.SEAL_CHANGED] if told else [])


def test_part_of_a_leaf_that_looks_as_before_is_no_seal_when_hands_come_later() -> None:
    partly = (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED)
    hands = (*CALM, Fact.HAND_ON_LEAF)
    assert play(Scene(1, CALM), Scene(30, partly), Scene(5, hands), fps=FPS)[1] == []
    assert len(play(Scene(1, CALM), Scene(30, partly), Scene(5, (*partly, *hands)), fps=FPS)[1]) == 1


def test_a_second_change_that_ended_as_the_door_was_found_open_is_not_told_as_another() -> None:
    both = (*OPENED, Fact.LEAF_CHANGED_AGAIN)
    until_opened = Scene(1 + PICTURE_S, both)
    assert [event.kind for event in play(until_opened, Scene(5, OPENED), fps=FPS)[1]] == [EventKind.DOOR_OPENED]
    assert [event.kind for event in play(until_opened, Scene(5, both), fps=FPS)[1]] == [EventKind.DOOR_OPENED] * 2
