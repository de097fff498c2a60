"""How long after a contact at the door was open for a moment somebody may pass, for the door to have been opened."""

import pytest

from tests.observed import CALM, Scene, play
from vigilanza.domain.events import EventKind
from vigilanza.domain.incident import Policy, hurdles
from vigilanza.domain.observation import Fact

FPS = 16.0
PICTURE_S = 1 / FPS


@pytest.mark.parametrize("passes", [Fact.WENT_IN, Fact.CAME_OUT])
@pytest.mark.parametrize(
    ("pause_s", "told"), [(0.0, True), (5.0, True), (10.0 - 2 * PICTURE_S, True), (10.0 + PICTURE_S, False)]
)
def test_a_contact_that_opened_once_counts_if_somebody_passes_within_ten_seconds(
    passes: Fact, pause_s: float, told: bool
) -> None:
    now, events = play(Scene(1, CALM), Scene(PICTURE_S, (*CALM, Fact.CONTACT_OPEN)), Scene(pause_s, CALM), fps=FPS)
    assert events == []
    _, events = play(Scene(1, (*CALM, passes)), now=now, fps=FPS)
    assert (EventKind.DOOR_OPENED in [event.kind for event in events]) is told


def test_a_contact_that_is_closed_again_is_no_way_to_an_opened_door_any_more() -> None:
    now, _ = play(Scene(1, CALM), Scene(0.25, (*CALM, Fact.CONTACT_OPEN)), Scene(0.25, CALM), fps=FPS)
    assert now.at is not None
    alone = [hurdle.gauges for hurdle in hurdles(now, now.at, Policy()) if len(hurdle.gauges) == 1]
    (gauge,) = (gauge for (gauge,) in alone if gauge.fact is Fact.CONTACT_OPEN)
    assert (gauge.reached, gauge.cleared) == (0.0, False)
