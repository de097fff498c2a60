"""A blind camera never closes and never forgets an incident; and what holds for any film at all."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observed import AT_WORK, BEGAN, BLIND_FACTS, CAMERA, DOOR, DOOR_FACTS, OPENED, PRESENT, Scene, gap, play
from tests.observed import CALM as CALM_SCENE
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.observation import Fact

CALM = Scene(5, CALM_SCENE)
OPEN_INCIDENTS = {
    "attention": [Scene(60, PRESENT)],
    "suspected": [Scene(60, AT_WORK)],
    "forced": [Scene(60, AT_WORK), Scene(5, OPENED)],
    "entered": [Scene(5, OPENED), Scene(2, (*OPENED, Fact.WENT_IN))],
}
BLINDNESS = {fact.value: (fact, Fact.LEAF_SEALED) for fact in BLIND_FACTS} | {
    "nothing said of the view": (Fact.LEAF_SEALED,),
    "nothing said at all": (),
    "somebody before the lens": (Fact.LEAF_HIDDEN,),
}


def closed(events: list[Event]) -> bool:
    return any(event.kind is EventKind.CLOSED for event in events)


@pytest.mark.parametrize("phase", OPEN_INCIDENTS)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_a_blind_camera_never_closes_or_forgets_an_incident(phase: str, blindness: str) -> None:
    before, told = play(*OPEN_INCIDENTS[phase], fps=5)
    now, events = play(Scene(900, BLINDNESS[blindness]), now=before, fps=1)
    assert before.phase is Phase(phase)
    assert (now.phase, now.id, now.sequence) == (before.phase, before.id, before.sequence)
    assert events == []
    _, later = play(Scene(10, OPENED), Scene(2, (*OPENED, Fact.WENT_IN)), now=now, fps=5)
    assert {event.incident for event in later} <= {told[0].incident}


@pytest.mark.parametrize("phase", OPEN_INCIDENTS)
@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_no_pictures_never_close_an_incident(phase: str, hours: int) -> None:
    before, _ = play(*OPEN_INCIDENTS[phase])
    now, events = play(gap(3600 * hours), Scene(1, CALM_SCENE), now=before)
    assert events == []
    assert (now.phase, now.id) == (before.phase, before.id)


@pytest.mark.parametrize("phase", OPEN_INCIDENTS)
def test_time_without_pictures_is_not_calm(phase: str) -> None:
    _, events = play(*OPEN_INCIDENTS[phase], CALM, gap(3600), Scene(1, CALM_SCENE))
    assert not closed(events)


@pytest.mark.parametrize("phase", OPEN_INCIDENTS)
def test_calm_starts_anew_after_a_blind_moment(phase: str) -> None:
    blinks = [CALM, Scene(1, (Fact.VIEW_COVERED,))] * 60
    assert not closed(play(*OPEN_INCIDENTS[phase], *blinks, fps=2)[1])


@pytest.mark.parametrize("phase", OPEN_INCIDENTS)
def test_calm_with_a_clear_view_closes(phase: str) -> None:
    _, events = play(*OPEN_INCIDENTS[phase], Scene(600, (Fact.VIEW_COVERED,)), Scene(600, CALM_SCENE), fps=2)
    assert [event.kind for event in events].count(EventKind.CLOSED) == 1
    assert events[-1].kind is EventKind.CLOSED
    assert events[-1].severity is Severity.INFO


SCENES = st.builds(
    Scene,
    seconds=st.sampled_from([0.2, 1.0, 4.0, 15.0, 140.0]),
    facts=st.lists(st.sampled_from([*DOOR_FACTS, *BLIND_FACTS, *[Fact.VIEW_CLEAR] * 6]), unique=True).map(tuple),
    pictures=st.sampled_from([True, True, True, False]),
)
FILMS = st.lists(SCENES, max_size=8)
RATES = st.sampled_from([1.0, 2.0, 3.0])


@given(film=FILMS, fps=RATES)
@settings(deadline=None, max_examples=80)
def test_any_film_tells_well_formed_incidents(film: list[Scene], fps: float) -> None:
    now, events = play(*film, fps=fps)
    assert play(*film, fps=fps) == (now, events)
    assert len({event.id for event in events}) == len(events)
    assert [event.at for event in events] == sorted(event.at for event in events)
    for identity, group in groupby(events, lambda event: event.incident):
        story = list(group)
        assert [event.sequence for event in story] == list(range(len(story)))
        assert not closed(story[:-1])
        for event in story:
            assert isinstance(event.severity, Severity)
            assert (event.camera, event.door) == (CAMERA, DOOR)
            assert (event.phase is Phase.CLOSED) == (event.kind is EventKind.CLOSED)
            assert event.at >= BEGAN
        if identity == now.id:
            assert now.open
            assert now.sequence == len(story)
    opened = {event.incident for event in events} - {event.incident for event in events if closed([event])}
    assert opened == ({now.id} if now.open else set())


@given(film=FILMS, fps=RATES)
@settings(deadline=None, max_examples=40)
def test_no_film_without_a_clear_view_closes_anything(film: list[Scene], fps: float) -> None:
    blind = [Scene(scene.seconds, tuple(set(scene.facts) - {Fact.VIEW_CLEAR}), scene.pictures) for scene in film]
    before, _ = play(*OPEN_INCIDENTS["suspected"], fps=5)
    now, events = play(*blind, now=before, fps=fps)
    assert now.open
    assert now.id == before.id
    assert {event.incident for event in events} <= {before.id}
    assert not closed(events)


@given(scenes=st.lists(st.sampled_from([0.5, 30.0, 300.0]), max_size=8), fps=RATES)
@settings(deadline=None, max_examples=30)
def test_no_observations_no_events(scenes: list[float], fps: float) -> None:
    assert play(*[Scene(seconds, ()) for seconds in scenes], fps=fps)[1] == []
