"""When an attack on a camera is raised and when it is over: the limits in seconds, to the picture."""

from dataclasses import replace

import pytest

from tests.observed import Scene, gap, play_view
from vigilanza.domain.attack import LOST_AGAIN_AFTER_S, Attack, resumed
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.observation import Fact

FPS = 16.0
"""So many pictures a second fall on exact binary fractions: a second of them is a second, not a hair less."""
PICTURE_S = 1 / FPS
CLEAR = (Fact.VIEW_CLEAR,)

Told = tuple[float, EventKind, Severity, Phase]
SIGNS: dict[Fact, Told] = {
    Fact.VIEW_COVERED: (1.5, EventKind.CAMERA_COVERED, Severity.ALARM, Phase.SUSPECTED),
    Fact.VIEW_MOVED: (1.0, EventKind.CAMERA_MOVED, Severity.ALARM, Phase.SUSPECTED),
    Fact.VIEW_DEFOCUSED: (5.0, EventKind.CAMERA_DEFOCUSED, Severity.ALARM, Phase.SUSPECTED),
    Fact.VIEW_DARK: (10.0, EventKind.CAMERA_DARK, Severity.ATTENTION, Phase.SUSPECTED),
    Fact.VIEW_FROZEN: (0.0, EventKind.CAMERA_FROZEN, Severity.ALARM, Phase.SUSPECTED),
    Fact.SIGNAL_LOST: (0.0, EventKind.CAMERA_LOST, Severity.ALARM, Phase.SUSPECTED),
    Fact.SIGNAL_UNSTEADY: (0.0, EventKind.CAMERA_UNSTEADY, Severity.ATTENTION, Phase.SUSPECTED),
}
RESTORED: Told = (3.0, EventKind.RESTORED, Severity.INFO, Phase.CLOSED)
LASTING = [fact for fact, (after, *_) in SIGNS.items() if after > 0.0]


def told_after(now: Attack, *film: Scene) -> list[Told]:
    """The events of a film, each with the seconds since its first picture."""
    _, events = play_view(*film, now=now, fps=FPS)
    assert now.at is not None
    began = now.at + PICTURE_S
    return [(event.at - began, event.kind, event.severity, event.phase) for event in events]


@pytest.mark.parametrize("fact", SIGNS)
def test_every_sign_is_told_in_the_first_picture_that_its_limit_allows(fact: Fact) -> None:
    now, _ = play_view(Scene(1, CLEAR), fps=FPS)
    assert told_after(now, Scene(15, (fact,))) == [SIGNS[fact]]


@pytest.mark.parametrize("fact", [Fact.VIEW_COVERED, Fact.VIEW_MOVED])
def test_somebody_who_walks_past_close_to_the_lens_is_no_attack(fact: Fact) -> None:
    passing = [Scene(0.9, (fact,)), Scene(5, CLEAR)] * 5
    assert play_view(Scene(5, CLEAR), *passing, fps=FPS)[1] == []


def test_a_camera_that_is_dazzled_for_longer_than_a_turned_one_is_asked_for_is_not_covered() -> None:
    assert play_view(Scene(5, CLEAR), Scene(1.4, (Fact.VIEW_COVERED,)), Scene(5, CLEAR), fps=FPS)[1] == []
    assert len(play_view(Scene(5, CLEAR), Scene(1.4, (Fact.VIEW_MOVED,)), Scene(2, CLEAR), fps=FPS)[1]) == 1


@pytest.mark.parametrize("fact", SIGNS)
def test_three_seconds_of_a_clear_view_end_an_attack(fact: Fact) -> None:
    attacked, _ = play_view(Scene(1, CLEAR), Scene(11, (fact,)), fps=FPS)
    assert told_after(attacked, Scene(10, CLEAR)) == [RESTORED]
    assert told_after(attacked, Scene(3, CLEAR), Scene(1, ()), Scene(3, CLEAR)) == []


@pytest.mark.parametrize("fact", LASTING)
@pytest.mark.parametrize("goes_on", [True, False])
def test_a_sign_that_is_away_for_a_second_and_a_half_begins_anew(fact: Fact, goes_on: bool) -> None:
    limit, *raised = SIGNS[fact]
    pause_s = 1.5 - PICTURE_S if goes_on else 1.5
    now, events = play_view(Scene(1, CLEAR), Scene(limit, (fact,)), Scene(pause_s, CLEAR), fps=FPS)
    assert events == []
    assert told_after(now, Scene(limit, (fact,)), Scene(1, CLEAR)) == ([(0.0, *raised)] if goes_on else [])


def test_a_sign_that_ended_as_another_was_told_is_not_told_afterwards() -> None:
    """Both limits are reached in one picture."""
    first, both = (Fact.VIEW_COVERED,), (Fact.VIEW_COVERED, Fact.VIEW_MOVED)
    until_told = (Scene(1, CLEAR), Scene(0.5, first), Scene(1.0 + PICTURE_S, both))
    assert len(play_view(*until_told, Scene(2, ()), fps=FPS)[1]) == 1
    assert len(play_view(*until_told, Scene(2, both), fps=FPS)[1]) == 2


def test_a_view_that_is_clear_ends_a_loss_only_once_the_signal_is_steady() -> None:
    lost, _ = play_view(Scene(1, CLEAR), Scene(PICTURE_S, (Fact.SIGNAL_LOST,)), fps=FPS)
    unsteady = (*CLEAR, Fact.SIGNAL_UNSTEADY)
    assert told_after(lost, Scene(60, unsteady), Scene(10, CLEAR)) == [
        SIGNS[Fact.SIGNAL_UNSTEADY],
        (60.0 + RESTORED[0], *RESTORED[1:]),
    ]


def test_a_camera_that_comes_and_goes_is_told_once() -> None:
    now, _ = play_view(Scene(1, CLEAR), fps=FPS)
    spell = (Scene(PICTURE_S, (Fact.SIGNAL_LOST,)), gap(20), Scene(10, (*CLEAR, Fact.SIGNAL_UNSTEADY)))
    _, events = play_view(*spell * 20, now=now, fps=FPS)
    assert [event.kind for event in events] == [EventKind.CAMERA_LOST, EventKind.CAMERA_UNSTEADY]


def test_a_camera_that_came_and_went_and_then_stays_away_is_told_as_lost_once_more() -> None:
    lost, unsteady = Scene(1, (Fact.SIGNAL_LOST,)), Scene(10, (*CLEAR, Fact.SIGNAL_UNSTEADY))
    now, _ = play_view(Scene(1, CLEAR), lost, unsteady, Scene(50, (Fact.SIGNAL_LOST,)), unsteady, fps=FPS)
    away = Scene(120, (Fact.SIGNAL_LOST,))
    # A run of a fact begins at nought with its first picture.
    again = (LOST_AGAIN_AFTER_S, *SIGNS[Fact.SIGNAL_LOST][1:])
    assert told_after(now, away, unsteady, away) == [again]


def test_a_restart_forgets_neither_that_it_was_told_once_nor_that_it_was_told_again() -> None:
    lost, unsteady = Scene(1, (Fact.SIGNAL_LOST,)), Scene(10, (*CLEAR, Fact.SIGNAL_UNSTEADY))
    away = Scene(120, (Fact.SIGNAL_LOST,))
    before, told = play_view(Scene(1, CLEAR), lost, unsteady, fps=FPS)
    after, more = play_view(away, now=replace(resumed(told), at=before.at), fps=FPS)
    assert [event.kind for event in more] == [EventKind.CAMERA_LOST]
    assert play_view(unsteady, away, now=replace(resumed(told + more), at=after.at), fps=FPS)[1] == []
