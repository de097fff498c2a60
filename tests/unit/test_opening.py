"""From when to when the inside of a flat can be seen, by what the events say."""

from dataclasses import replace

import pytest

from tests.samples import BEGAN, break_in
from vigilanza.domain.events import Event, EventKind, Phase
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.domain.opening import AJAR_S, MARGIN_S, Opening, opening_after

LOITERING, TAMPERING, OPENED, ENTRY, CLOSED = break_in("a")
"""10 s apart; the leaf differs from 2 s before OPENED on."""


def told(*events: Event) -> Opening | None:
    opening = None
    for event in events:
        opening = opening_after(opening, event)
    return opening


def test_it_begins_a_little_before_the_first_sign_and_lasts() -> None:
    assert told(LOITERING, TAMPERING) is None
    opening = told(LOITERING, TAMPERING, OPENED, ENTRY)
    assert opening == Opening("stairs-3", "B.03.12", BEGAN + 18.0 - AJAR_S)
    assert opening.end == float("inf")


def test_it_ends_with_the_incident() -> None:
    opening = told(OPENED, ENTRY, CLOSED)
    assert opening is not None
    assert (opening.start, opening.end) == (BEGAN + 18.0 - AJAR_S, CLOSED.at)


def test_an_incident_that_ends_without_an_open_door_has_none() -> None:
    assert told(LOITERING, TAMPERING, CLOSED) is None


def test_what_is_told_again_changes_nothing() -> None:
    assert told(OPENED, ENTRY, CLOSED, OPENED, ENTRY) == told(OPENED, ENTRY, CLOSED)


def test_a_later_event_may_know_of_an_earlier_sign() -> None:
    contact = Evidence(Fact.CONTACT_OPEN, BEGAN + 12.0, 0.0, 1.0)
    opening = told(OPENED, replace(ENTRY, evidence=(*ENTRY.evidence, contact)))
    assert opening is not None
    assert opening.start == BEGAN + 12.0 - MARGIN_S


def test_a_door_that_was_ajar_first_shows_the_inside_before_it_is_open() -> None:
    ajar = Evidence(Fact.LEAF_AJAR, BEGAN + 14.0, 3.0, 0.7)
    opening = told(replace(OPENED, evidence=(*OPENED.evidence, ajar)))
    assert opening is not None
    assert opening.start == BEGAN + 14.0 - AJAR_S


def test_a_sign_that_has_ended_by_a_later_event_still_counts() -> None:
    opening = told(OPENED, replace(ENTRY, evidence=(Evidence(Fact.LEAF_CHANGED, ENTRY.at - 1.0, 1.0, 0.9),)))
    assert opening is not None
    assert opening.start == BEGAN + 18.0 - AJAR_S


@pytest.mark.parametrize("phase", [Phase.FORCED, Phase.ENTERED])
def test_an_event_that_says_so_without_a_sign_counts_from_its_own_time(phase: Phase) -> None:
    opening = told(replace(OPENED, phase=phase, evidence=()))
    assert opening is not None
    assert opening.start == OPENED.at - MARGIN_S


def test_an_attack_on_the_camera_opens_no_door() -> None:
    assert told(replace(OPENED, kind=EventKind.CAMERA_COVERED, door=None)) is None
