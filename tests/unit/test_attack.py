"""What observations of the view come to mean: attacks on a camera, and its loss."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observed import BLIND_FACTS, CAMERA, Scene, gap, observed, play_view
from vigilanza.domain.attack import Attack, resumed, step
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.observation import Fact

KINDS = {
    Fact.VIEW_COVERED: EventKind.CAMERA_COVERED,
    Fact.VIEW_MOVED: EventKind.CAMERA_MOVED,
    Fact.VIEW_DEFOCUSED: EventKind.CAMERA_DEFOCUSED,
    Fact.VIEW_DARK: EventKind.CAMERA_DARK,
    Fact.VIEW_FROZEN: EventKind.CAMERA_FROZEN,
    Fact.SIGNAL_LOST: EventKind.CAMERA_LOST,
    Fact.SIGNAL_UNSTEADY: EventKind.CAMERA_UNSTEADY,
}
CLEAR = (Fact.VIEW_CLEAR,)
AT_ONCE = {Fact.VIEW_FROZEN, Fact.SIGNAL_LOST, Fact.SIGNAL_UNSTEADY}
"""Whoever says so has waited already."""


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


@pytest.mark.parametrize("fact", KINDS)
@pytest.mark.parametrize("fps", [2, 5, 10, 25])
def test_every_blindness_is_told_once_and_calls_for_somebody(fact: Fact, fps: float) -> None:
    now, events = play_view(Scene(5, CLEAR), Scene(120, (fact,)), fps=fps)
    assert kinds(events) == [KINDS[fact]]
    assert now.open
    assert events[0].severity.rank >= Severity.ATTENTION.rank
    assert events[0].severity is Severity.ALARM or fact in (Fact.VIEW_DARK, Fact.SIGNAL_UNSTEADY)
    assert (events[0].camera, events[0].door, events[0].sequence) == (CAMERA, None, 0)
    assert fact in {item.fact for item in events[0].evidence}


@pytest.mark.parametrize("fact", sorted(set(KINDS) - AT_ONCE))
def test_blindness_is_told_however_seldom_pictures_come(fact: Fact) -> None:
    assert kinds(play_view(Scene(600, (fact,)), fps=0.5)[1]) == [KINDS[fact]]


@pytest.mark.parametrize("fact", sorted(set(KINDS) - AT_ONCE))
def test_a_moment_is_no_attack(fact: Fact) -> None:
    moments = [Scene(0.4, (fact,)), Scene(10, CLEAR)] * 20
    assert play_view(Scene(5, CLEAR), *moments, fps=5)[1] == []


def test_a_covered_camera_calls_sooner_than_a_dark_one() -> None:
    covered = play_view(Scene(60, (Fact.VIEW_COVERED,)))[1][0]
    dark = play_view(Scene(60, (Fact.VIEW_DARK,)))[1][0]
    assert covered.at < dark.at


def test_several_signs_are_one_attack() -> None:
    now, events = play_view(*[Scene(30, (fact,)) for fact in KINDS])
    assert sorted(kinds(events)) == sorted(KINDS.values())
    assert {event.incident for event in events} == {now.id}
    assert [event.sequence for event in events] == list(range(len(KINDS)))
    assert {event.phase for event in events} == {Phase.SUSPECTED}


@pytest.mark.parametrize("fact", KINDS)
def test_only_a_lasting_clear_view_restores(fact: Fact) -> None:
    attacked, first = play_view(Scene(60, (fact,)))
    blinks = [Scene(0.4, CLEAR), Scene(1, (fact,))] * 30
    assert play_view(*blinks, now=attacked)[1] == []
    assert play_view(Scene(600, ()), now=attacked, fps=2)[1] == []
    now, events = play_view(Scene(60, CLEAR), now=attacked)
    assert kinds(events) == [EventKind.RESTORED]
    assert not now.open
    assert events[0].phase is Phase.CLOSED
    assert events[0].severity is Severity.INFO
    assert events[0].incident == first[0].incident
    assert events[0].sequence == 1


@pytest.mark.parametrize("seconds", [0.5, 60, 86_400])
def test_a_lost_signal_is_restored_by_pictures(seconds: float) -> None:
    lost, events = step(play_view(Scene(5, CLEAR))[0], observed([Fact.SIGNAL_LOST]), 1_795_000_010.0)
    assert kinds(list(events)) == [EventKind.CAMERA_LOST]
    assert play_view(gap(seconds), Scene(0.5, CLEAR), now=lost)[1] == []
    _, later = play_view(gap(seconds), Scene(30, CLEAR), now=lost)
    assert kinds(later) == [EventKind.RESTORED]


def test_an_attack_after_the_last_one_is_another() -> None:
    now, first = play_view(Scene(30, (Fact.VIEW_COVERED,)), Scene(30, CLEAR))
    _, second = play_view(Scene(30, (Fact.VIEW_COVERED,)), Scene(30, CLEAR), now=now)
    assert kinds(first) == kinds(second) == [EventKind.CAMERA_COVERED, EventKind.RESTORED]
    assert {event.incident for event in first}.isdisjoint({event.incident for event in second})


def test_an_old_sign_is_not_told_because_of_a_new_one() -> None:
    film = [Scene(0.4, (Fact.VIEW_COVERED,)), Scene(1, CLEAR), Scene(30, (Fact.VIEW_MOVED,))]
    assert kinds(play_view(*film)[1]) == [EventKind.CAMERA_MOVED]


@pytest.mark.parametrize("back", [0.0, 0.1, 30.0])
def test_time_that_does_not_advance_changes_nothing(back: float) -> None:
    now, _ = play_view(Scene(5, CLEAR))
    assert now.at is not None
    assert step(now, observed([Fact.SIGNAL_LOST]), now.at - back) == (now, ())


def test_after_a_restart_the_attack_goes_on() -> None:
    told = play_view(Scene(30, (Fact.VIEW_COVERED,)), Scene(30, (Fact.VIEW_MOVED,)))[1]
    now = resumed(told)
    assert now.open
    assert play_view(Scene(30, (Fact.VIEW_MOVED,)), now=now)[1] == []
    _, events = play_view(Scene(30, (Fact.VIEW_DEFOCUSED,)), Scene(30, CLEAR), now=now)
    assert kinds(events) == [EventKind.CAMERA_DEFOCUSED, EventKind.RESTORED]
    assert {event.incident for event in events} == {told[0].incident}
    assert [event.sequence for event in events] == [2, 3]


SCENES = st.builds(
    Scene,
    seconds=st.sampled_from([0.5, 2.0, 4.0, 15.0]),
    facts=st.lists(
        st.sampled_from([*BLIND_FACTS, Fact.SIGNAL_LOST, Fact.SIGNAL_UNSTEADY, *[Fact.VIEW_CLEAR] * 4]), unique=True
    ).map(tuple),
    pictures=st.sampled_from([True, True, False]),
)


@given(film=st.lists(SCENES, max_size=10), fps=st.sampled_from([2.0, 5.0]))
@settings(deadline=None, max_examples=80)
def test_any_film_tells_well_formed_attacks(film: list[Scene], fps: float) -> None:
    now, events = play_view(*film, fps=fps)
    assert play_view(*film, fps=fps) == (now, events)
    assert len({event.id for event in events}) == len(events)
    for identity, group in groupby(events, lambda event: event.incident):
        story = list(group)
        assert [event.sequence for event in story] == list(range(len(story)))
        assert EventKind.RESTORED not in kinds(story[:-1])
        told = kinds(story)
        again = EventKind.CAMERA_UNSTEADY in told and told.count(EventKind.CAMERA_LOST) == 2
        assert len(set(told)) == len(story) - again, "once each, but for a bad line that stays away in the end"
        assert story[0].kind is not EventKind.RESTORED
        assert now.open if identity == now.id else story[-1].kind is EventKind.RESTORED
    if not any(Fact.VIEW_CLEAR in scene.facts for scene in film):
        assert EventKind.RESTORED not in kinds(events)
    if not any(set(scene.facts) - {Fact.VIEW_CLEAR} for scene in film):
        assert now == Attack(CAMERA, at=now.at)
