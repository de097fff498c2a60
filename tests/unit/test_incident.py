"""What observations of a door come to mean."""

import pytest

from tests.observed import (
    AT_WORK,
    BEGAN,
    CALM,
    DOOR_FACTS,
    OPENED,
    PRESENT,
    Scene,
    gap,
    observed,
    pictures,
    play,
)
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.incident import Incident, Policy, resumed, step
from vigilanza.domain.observation import Fact

BREAK_IN = (
    Scene(4, CALM),
    Scene(20, PRESENT),
    Scene(30, AT_WORK),
    Scene(6, (*OPENED, Fact.PERSON_AT_DOOR)),
    Scene(2, (*OPENED, Fact.WENT_IN)),
    Scene(30, OPENED),
    Scene(3, (*OPENED, Fact.CAME_OUT, Fact.PERSON_AT_DOOR)),
    Scene(10, OPENED),
    Scene(600, CALM),
)


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


def one(events: list[Event], kind: EventKind) -> Event:
    found = [event for event in events if event.kind is kind]
    assert len(found) == 1, kinds(events)
    return found[0]


@pytest.mark.parametrize("fact", [fact for fact in DOOR_FACTS if fact is not Fact.STRAINS_AT_LEAF])
def test_what_is_seen_shortly_raises_nothing(fact: Fact) -> None:
    _, events = play(Scene(5, CALM), Scene(0.2, (Fact.VIEW_CLEAR, fact)), Scene(30, CALM))
    assert events == []


def test_somebody_who_stays_is_told_once_and_asks_for_attention() -> None:
    now, events = play(Scene(2, CALM), Scene(120, PRESENT))
    loitering = one(events, EventKind.LOITERING)
    assert kinds(events) == [EventKind.LOITERING]
    assert loitering.severity is Severity.ATTENTION
    assert loitering.phase is now.phase is Phase.ATTENTION
    assert Fact.PERSON_AT_DOOR in {item.fact for item in loitering.evidence}


def test_passers_by_do_not_add_up() -> None:
    film = [Scene(2, PRESENT), Scene(30, CALM)] * 20
    assert play(*film)[1] == []


def test_a_changed_leaf_is_an_opened_door() -> None:
    now, events = play(Scene(2, CALM), Scene(60, OPENED))
    opened = one(events, EventKind.DOOR_OPENED)
    assert kinds(events) == [EventKind.DOOR_OPENED]
    assert opened.severity.rank >= Severity.ALARM.rank
    assert opened.phase is now.phase is Phase.FORCED


def test_a_door_is_judged_by_its_level_even_if_it_was_never_seen_sealed() -> None:
    assert one(play(Scene(5, OPENED))[1], EventKind.DOOR_OPENED)


def test_vanishing_through_an_open_door_is_an_entry() -> None:
    now, events = play(Scene(2, CALM), Scene(5, OPENED), Scene(2, (*OPENED, Fact.WENT_IN)), Scene(30, OPENED))
    entry = one(events, EventKind.ENTRY)
    assert entry.severity is Severity.CRITICAL
    assert entry.phase is now.phase is Phase.ENTERED
    assert entry.incident == events[0].incident


def test_a_door_opened_for_a_moment_and_closed_behind_somebody_is_an_entry() -> None:
    film = [Scene(5, AT_WORK), Scene(0.8, OPENED), Scene(2, (*CALM, Fact.WENT_IN))]
    assert one(play(*film)[1], EventKind.ENTRY).severity is Severity.CRITICAL


def test_nobody_goes_through_a_sealed_leaf() -> None:
    _, events = play(Scene(5, CALM), Scene(5, (*PRESENT, Fact.WENT_IN)), Scene(5, (*CALM, Fact.CAME_OUT)))
    assert not {EventKind.ENTRY, EventKind.EXIT} & set(kinds(events))


def test_coming_out_of_an_open_door_is_an_exit() -> None:
    _, events = play(Scene(2, CALM), Scene(5, OPENED), Scene(2, (*OPENED, Fact.CAME_OUT)), Scene(20, OPENED))
    assert kinds(events) == [EventKind.DOOR_OPENED, EventKind.EXIT]
    assert events[-1].severity.rank >= Severity.ALARM.rank


def test_a_leaf_that_changes_again_was_opened_again() -> None:
    again = (Fact.VIEW_CLEAR, Fact.LEAF_CHANGED_AGAIN)
    _, events = play(Scene(2, CALM), Scene(60, OPENED), Scene(30, again), Scene(60, OPENED), Scene(30, again))
    assert kinds(events) == [EventKind.DOOR_OPENED] * 3
    assert len({event.incident for event in events}) == 1


def test_part_of_a_leaf_that_changes_after_hands_were_on_it_is_perhaps_a_seal() -> None:
    partly = (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED)
    hands = (*PRESENT, Fact.HAND_ON_LEAF)
    assert one(play(Scene(3, hands), Scene(15, partly))[1], EventKind.SEAL_CHANGED).severity is Severity.ATTENTION
    assert play(Scene(3, CALM), Scene(15, partly))[1] == []


def test_a_whole_break_in_is_one_incident_from_loitering_to_its_close() -> None:
    now, events = play(*BREAK_IN)
    assert kinds(events) == [
        EventKind.LOITERING,
        *(EventKind.TAMPERING, EventKind.TAMPERING),
        *(EventKind.DOOR_OPENED, EventKind.ENTRY, EventKind.EXIT, EventKind.CLOSED),
    ]
    assert len({event.incident for event in events}) == 1
    assert [event.sequence for event in events] == list(range(len(events)))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert events[-1].phase is Phase.CLOSED
    assert not now.open


def test_evidence_grows_and_says_since_when() -> None:
    for event in play(*BREAK_IN)[1]:
        assert event.evidence
        for item in event.evidence:
            assert BEGAN <= item.at <= event.at
            assert 0.0 <= item.seconds <= event.at - BEGAN
            assert item.confidence == pytest.approx(0.8)


def test_after_the_close_the_next_is_another_incident() -> None:
    now, first = play(*BREAK_IN)
    _, second = play(*BREAK_IN, now=now)
    assert kinds(second) == kinds(first)
    assert {event.incident for event in first}.isdisjoint({event.incident for event in second})
    assert len({event.id for event in first + second}) == len(first + second)


def test_an_incident_is_not_closed_while_somebody_is_there_or_the_leaf_differs() -> None:
    for facts in (PRESENT, OPENED, (Fact.VIEW_CLEAR, Fact.LEAF_HIDDEN), (Fact.VIEW_CLEAR,)):
        now, events = play(Scene(40, AT_WORK), Scene(5, OPENED), Scene(600, facts), fps=2)
        assert EventKind.CLOSED not in kinds(events), facts
        assert now.open


def test_calm_must_last() -> None:
    disturbed = [Scene(5, CALM), Scene(1, PRESENT)] * 100
    assert EventKind.CLOSED not in kinds(play(Scene(40, AT_WORK), *disturbed, fps=5)[1])


@pytest.mark.parametrize("fps", [2, 5, 25])
def test_the_rate_of_pictures_does_not_change_the_story(fps: float) -> None:
    usual, other = play(*BREAK_IN, fps=10)[1], play(*BREAK_IN, fps=fps)[1]
    assert [(event.kind, event.severity, event.phase) for event in other] == [
        (event.kind, event.severity, event.phase) for event in usual
    ]
    for one_at, other_at in zip(usual, other, strict=True):
        assert other_at.at == pytest.approx(one_at.at, abs=1.1)


def test_the_same_film_gives_the_same_ids() -> None:
    assert play(*BREAK_IN)[1] == play(*BREAK_IN)[1]


def test_another_camera_door_or_time_gives_other_ids() -> None:
    found = set()
    for camera, door, began in (("a", "b", 0.0), ("a", "c", 0.0), ("d", "b", 0.0), ("a", "b", 1e6)):
        now = Incident(camera, door)
        for at, observations in pictures([Scene(5, OPENED)], fps=5, began=began):
            now, events = step(now, observations, at, Policy())
            found |= {(event.id, event.incident) for event in events}
    assert len(found) == 4
    assert len({part for pair in found for part in pair}) == 8


@pytest.mark.parametrize(("passed", "told"), [(Fact.WENT_IN, EventKind.ENTRY), (Fact.CAME_OUT, EventKind.EXIT)])
def test_a_door_closed_at_once_behind_somebody_was_opened_and_gone_through(passed: Fact, told: EventKind) -> None:
    glimpse = Scene(0.6, (*PRESENT, Fact.VIEW_CLEAR, Fact.LEAF_CHANGED))
    sealed = (Fact.VIEW_CLEAR, Fact.LEAF_SEALED)
    _, events = play(glimpse, Scene(2, sealed), Scene(1, (*sealed, passed)))
    assert kinds(events) == [EventKind.DOOR_OPENED, told]
    assert kinds(play(glimpse, Scene(5, sealed))[1]) == []
    assert kinds(play(Scene(5, sealed), Scene(1, (*sealed, passed)))[1]) == []


def test_seconds_without_pictures_are_no_evidence() -> None:
    now, events = play(Scene(0.2, PRESENT), *[gap(2), Scene(0.1, PRESENT)] * 5)
    assert events == []
    assert now.meter(Fact.PERSON_AT_DOOR).seconds <= 5 * 1.0 + 0.3
    for seconds in (5, 60, 86_400):
        glimpses = [Scene(0.1, (Fact.VIEW_CLEAR, fact)) for fact in (Fact.LEAF_CHANGED, Fact.LEAF_CHANGED)]
        assert play(glimpses[0], gap(seconds), glimpses[1])[1] == []
        assert play(Scene(0.2, AT_WORK), gap(seconds), Scene(0.2, AT_WORK))[1] == []


def test_an_open_door_is_seen_however_seldom_pictures_come() -> None:
    assert EventKind.DOOR_OPENED in kinds(play(Scene(600, OPENED), fps=0.3)[1])


@pytest.mark.parametrize("back", [0.0, 0.1, 30.0])
def test_time_that_does_not_advance_changes_nothing(back: float) -> None:
    now, _ = play(Scene(5, AT_WORK))
    assert now.at is not None
    assert step(now, observed((*OPENED, Fact.WENT_IN)), now.at - back, Policy()) == (now, ())


def test_nothing_seen_is_nothing_told() -> None:
    assert play(Scene(600), fps=5)[1] == []


@pytest.mark.parametrize("count", range(1, 7))
def test_after_a_restart_the_incident_goes_on(count: int) -> None:
    told = play(*BREAK_IN)[1][:count]
    now = resumed(told)
    assert now.open
    assert now.phase is told[-1].phase
    _, events = play(Scene(30, (*OPENED, Fact.PERSON_AT_DOOR)), Scene(2, (*OPENED, Fact.WENT_IN)), now=now)
    assert {event.incident for event in events} <= {told[-1].incident}
    assert [event.sequence for event in events] == list(range(count, count + len(events)))
    assert told[-1].kind not in kinds(events)
    assert (EventKind.DOOR_OPENED in kinds(events)) == (told[-1].phase in (Phase.ATTENTION, Phase.SUSPECTED))
    assert (EventKind.ENTRY in kinds(events)) == (told[-1].phase is not Phase.ENTERED)


def test_a_story_told_to_its_end_is_over_after_a_restart_too() -> None:
    assert not resumed(play(*BREAK_IN)[1]).open


def test_after_a_restart_an_attention_still_becomes_an_alarm() -> None:
    first = play(Scene(60, AT_WORK))[1]
    attention = next(event for event in first if event.kind is EventKind.TAMPERING)
    _, events = play(Scene(60, AT_WORK), now=resumed(first[: attention.sequence + 1]))
    assert [(event.kind, event.severity) for event in events] == [(EventKind.TAMPERING, Severity.ALARM)]
    assert events[0].id not in {event.id for event in first[: attention.sequence + 1]}


def test_after_a_restart_nothing_is_told_twice() -> None:
    partly = Scene(15, (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED))
    told = play(Scene(60, AT_WORK), partly)[1]
    assert kinds(told)[-2:] == [EventKind.TAMPERING, EventKind.SEAL_CHANGED]
    assert play(Scene(60, AT_WORK), now=resumed(told))[1] == []
