"""When each event is raised: the limits of the policy in seconds, to the picture, as an onlooker would time them."""

import math

import pytest

from tests.observed import AT_WORK, CALM, OPENED, PRESENT, STRAINING, Scene, gap, play
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.incident import Incident
from vigilanza.domain.observation import Fact

FPS = 16.0
"""So many pictures a second fall on exact binary fractions: a second of them is a second, not a hair less."""
PICTURE_S = 1 / FPS

Told = tuple[float, EventKind, Severity, Phase]
Film = tuple[Scene, ...]

PARTLY, SEAL_GONE = (Fact.VIEW_CLEAR, Fact.LEAF_PARTLY_CHANGED), (Fact.VIEW_CLEAR, Fact.SEAL_GONE)
CHANGED_AGAIN, AJAR = (Fact.VIEW_CLEAR, Fact.LEAF_CHANGED_AGAIN), (Fact.VIEW_CLEAR, Fact.LEAF_AJAR)
HANDS = (*PRESENT, Fact.HAND_ON_LEAF)
CROUCHED = (*CALM, Fact.CROUCHES_AT_LEAF)
CONTACT, PASSES = (*CALM, Fact.CONTACT_OPEN), (*CALM, Fact.WENT_IN)
IN, OUT = (*OPENED, Fact.WENT_IN), (*OPENED, Fact.CAME_OUT)

STAYED: Film = (Scene(11, PRESENT),)
WORKED: Film = (Scene(6, AT_WORK),)
STRAINED: Film = (Scene(1, STRAINING),)
FORCED: Film = (Scene(2, OPENED),)
ENTERED: Film = (*FORCED, Scene(1, IN))
LEFT: Film = (*FORCED, Scene(1, OUT))
PRESENT_OPEN = (*OPENED, Fact.PERSON_AT_DOOR)
WORKING_OPEN = (*PRESENT_OPEN, Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF)
WORKED_OPEN: Film = (Scene(2, WORKING_OPEN),)
WORKED_IN: Film = (*WORKED_OPEN, Scene(1, IN))

LOITERING: Told = (10.0, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION)
WORKS: Told = (5.0, EventKind.TAMPERING, Severity.ATTENTION, Phase.SUSPECTED)
WORKS_ON: Told = (10.0, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED)
CROUCHES: Told = (5.0, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED)
STRAINS: Told = (0.0, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED)
PERHAPS_A_SEAL: Told = (6.0, EventKind.SEAL_CHANGED, Severity.ATTENTION, Phase.SUSPECTED)
NO_SEAL: Told = (6.0, EventKind.SEAL_CHANGED, Severity.ALARM, Phase.SUSPECTED)
DOOR_OPENED: Told = (1.0, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED)
STOOD_AJAR: Told = (3.0, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED)
CONTACT_OPENED: Told = (0.5, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED)
PASSED: Told = (0.0, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED)
ENTRY_AFTER: Told = (PICTURE_S, EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED)
OPENED_WITHIN: Told = (1.0, EventKind.DOOR_OPENED, Severity.ALARM, Phase.ENTERED)
ENTRY: Told = (0.0, EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED)
EXIT: Told = (0.0, EventKind.EXIT, Severity.ALARM, Phase.FORCED)
EXIT_AFTER_ENTRY: Told = (0.0, EventKind.EXIT, Severity.ALARM, Phase.ENTERED)
WORKS_AGAIN: Told = (0.15, EventKind.TAMPERING, Severity.ALARM, Phase.FORCED)
CLOSED: Told = (20.0, EventKind.CLOSED, Severity.INFO, Phase.CLOSED)
REARMED: Told = (120.0, EventKind.CLOSED, Severity.INFO, Phase.CLOSED)
LONGEST_S = {False: CLOSED[0], True: REARMED[0]}
"""No limit is longer, before a forced entry and after it."""

CASES: dict[str, tuple[Film, tuple[Fact, ...], list[Told]]] = {
    "nobody": ((), CALM, []),
    "somebody stays": ((), PRESENT, [LOITERING]),
    "somebody goes on staying": (STAYED, PRESENT, []),
    "hands lie on the leaf": ((), (*CALM, Fact.HAND_ON_LEAF), []),
    "somebody works": ((), AT_WORK, [WORKS, WORKS_ON]),
    "somebody who stayed works": (STAYED, AT_WORK, [WORKS, WORKS_ON]),
    "somebody crouches": ((), CROUCHED, [CROUCHES]),
    "somebody who stayed crouches": (STAYED, (*CROUCHED, Fact.PERSON_AT_DOOR), [CROUCHES]),
    "somebody crouches at work": ((), (*AT_WORK, Fact.CROUCHES_AT_LEAF), [CROUCHES]),
    "somebody who worked crouches": (WORKED, (*CROUCHED, Fact.PERSON_AT_DOOR), [CROUCHES]),
    "somebody who strained crouches": (STRAINED, (*CROUCHED, Fact.PERSON_AT_DOOR), []),
    "somebody crouches at an opened leaf": (FORCED, (*OPENED, Fact.CROUCHES_AT_LEAF), []),
    "somebody strains": ((), (*CALM, Fact.STRAINS_AT_LEAF), [STRAINS]),
    "somebody shakes the leaf": ((), (*PRESENT, Fact.LEAF_SHAKEN), [STRAINS]),
    "somebody who strained shakes the leaf": (STRAINED, (*PRESENT, Fact.LEAF_SHAKEN), []),
    "somebody who stayed strains": (STAYED, STRAINING, [STRAINS]),
    "somebody who worked strains": (WORKED, STRAINING, [STRAINS]),
    "somebody who strained works": (STRAINED, AT_WORK, []),
    "somebody who strained stays": (STRAINED, PRESENT, []),
    "part of the leaf differs": ((), PARTLY, []),
    "part of the leaf differs after hands": ((Scene(1, HANDS),), PARTLY, [PERHAPS_A_SEAL]),
    "a seal is gone": ((), SEAL_GONE, [NO_SEAL]),
    "a seal is gone after hands": ((Scene(1, HANDS),), SEAL_GONE, [NO_SEAL]),
    "a seal is gone after part differed": ((Scene(1, HANDS), Scene(7, PARTLY)), SEAL_GONE, [NO_SEAL]),
    "part differs after a seal was gone": ((Scene(7, (*SEAL_GONE, Fact.HAND_ON_LEAF)),), PARTLY, [CLOSED]),
    "the leaf differs": ((), OPENED, [DOOR_OPENED]),
    "the leaf differs after somebody stayed": (STAYED, OPENED, [DOOR_OPENED]),
    "the leaf differs after somebody worked": (WORKED, OPENED, [DOOR_OPENED]),
    "the leaf goes on differing": (FORCED, OPENED, []),
    "an opened leaf differs again": (FORCED, CHANGED_AGAIN, [DOOR_OPENED]),
    "an entered leaf differs again": (ENTERED, CHANGED_AGAIN, [OPENED_WITHIN]),
    "it differs for a third time": ((*FORCED, Scene(2, CHANGED_AGAIN), Scene(5, OPENED)), CHANGED_AGAIN, [DOOR_OPENED]),
    "it goes on and somebody comes": ((*FORCED, Scene(2, CHANGED_AGAIN)), (*CHANGED_AGAIN, Fact.PERSON_AT_DOOR), []),
    "somebody goes in as it differs again": (FORCED, (*CHANGED_AGAIN, Fact.WENT_IN), [ENTRY, OPENED_WITHIN]),
    "a sealed leaf differs again": ((), CHANGED_AGAIN, []),
    "the leaf is ajar": ((), AJAR, [STOOD_AJAR]),
    "the leaf is ajar after somebody worked": (WORKED, AJAR, [STOOD_AJAR]),
    "an opened leaf is ajar": (FORCED, AJAR, []),
    "the contact opens": ((), CONTACT, [CONTACT_OPENED]),
    "the contact opens after somebody worked": (WORKED, CONTACT, [CONTACT_OPENED]),
    "the contact of an opened leaf opens": (FORCED, CONTACT, []),
    "the contact opens out of sight": ((), (Fact.VIEW_COVERED, Fact.CONTACT_OPEN), [CONTACT_OPENED]),
    "the contact is closed again": ((Scene(2, CONTACT),), CALM, [REARMED]),
    "somebody goes in through a contact that chatters": ((Scene(PICTURE_S, CONTACT),), PASSES, [PASSED, ENTRY_AFTER]),
    "somebody goes in": (FORCED, IN, [ENTRY]),
    "somebody else goes in": ((*ENTERED, Scene(5, OPENED)), IN, []),
    "somebody goes into a sealed leaf": ((), (*CALM, Fact.WENT_IN), []),
    "somebody comes out": (FORCED, OUT, [EXIT]),
    "somebody comes out again": (ENTERED, OUT, [EXIT_AFTER_ENTRY]),
    "somebody else comes out": ((*LEFT, Scene(5, OPENED)), OUT, []),
    "somebody comes out of a sealed leaf": (WORKED, (*PRESENT, Fact.CAME_OUT), []),
    "somebody stays, works and strains at an opened leaf": (
        FORCED,
        (*OPENED, Fact.PERSON_AT_DOOR, Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF, Fact.STRAINS_AT_LEAF),
        [],
    ),
    "somebody works on at the leaf that was forced": (WORKED_OPEN, WORKING_OPEN, []),
    "somebody is missed for a moment at the forced leaf": (
        (*WORKED_OPEN, Scene(5 - PICTURE_S, OPENED)),
        WORKING_OPEN,
        [],
    ),
    "somebody comes back to the forced leaf and works": ((*WORKED_OPEN, Scene(5, OPENED)), WORKING_OPEN, [WORKS_AGAIN]),
    "somebody comes back to the forced leaf and stays": ((*WORKED_OPEN, Scene(6, OPENED)), PRESENT_OPEN, []),
    "somebody comes back to the leaf of an entered flat": ((*WORKED_IN, Scene(6, OPENED)), WORKING_OPEN, []),
    "the camera was away while somebody worked": ((*WORKED_OPEN, gap(60)), WORKING_OPEN, []),
    "the seal of an entered leaf is gone": (ENTERED, (*SEAL_GONE, Fact.HAND_ON_LEAF, *PARTLY), []),
    "calm after somebody stayed": (STAYED, CALM, [CLOSED]),
    "calm after somebody strained": (STRAINED, CALM, [CLOSED]),
    "calm after a forced entry": (FORCED, CALM, [REARMED]),
    "calm after an entry": (ENTERED, CALM, [REARMED]),
    "part differs after somebody stayed": (STAYED, PARTLY, [CLOSED]),
    "part differs after a forced entry": (FORCED, PARTLY, []),
    "part differs after an entry": (ENTERED, PARTLY, []),
    "a seal is gone after a forced entry": (FORCED, SEAL_GONE, []),
}


def told_after(now: Incident, *film: Scene) -> list[Told]:
    """The events of a film, each with the seconds since its first picture."""
    _, events = play(*film, now=now, fps=FPS)
    assert now.at is not None
    began = now.at + PICTURE_S
    return [(event.at - began, event.kind, event.severity, event.phase) for event in events]


@pytest.mark.parametrize("case", CASES)
def test_every_event_is_raised_in_the_first_picture_that_its_limit_allows(case: str) -> None:
    before, facts, told = CASES[case]
    now, _ = play(Scene(1, CALM), *before, fps=FPS)
    last = told[-1][0] if told else LONGEST_S[now.phase in (Phase.FORCED, Phase.ENTERED)]
    expected = [(math.ceil(after * FPS) / FPS, *event) for after, *event in told]
    assert told_after(now, Scene(last + 3.0, facts)) == expected


@pytest.mark.parametrize(
    ("seen_s", "pause_s", "told"),
    [
        (0.3, 5.0, False),
        (0.3 + PICTURE_S, 5.0, True),
        (0.5, 10.0 - PICTURE_S, True),
        (0.5, 10.0, False),
        (1.0, 5.0, True),
    ],
)
@pytest.mark.parametrize("leaf", [OPENED, AJAR])
def test_a_glimpse_of_an_opened_leaf_counts_if_somebody_vanishes_within_ten_seconds(
    leaf: tuple[Fact, ...], seen_s: float, pause_s: float, told: bool
) -> None:
    """In `seen_s` the first picture is included: of so many pictures the last comes a picture earlier."""
    film = (Scene(1, CALM), Scene(math.ceil(seen_s * FPS) / FPS, leaf), Scene(pause_s, CALM))
    now, events = play(*film, fps=FPS)
    assert events == []
    at_once, then = (0.0, *DOOR_OPENED[1:]), (PICTURE_S, *ENTRY[1:])
    assert told_after(now, Scene(1, (*CALM, Fact.WENT_IN))) == ([at_once, then] if told else [])


@pytest.mark.parametrize(("pause_s", "told"), [(2.5 - 6 * PICTURE_S, True), (2.5 - 5 * PICTURE_S, False)])
def test_whoever_vanished_more_than_two_and_a_half_seconds_before_the_glimpse_did_not_go_in(
    pause_s: float, told: bool
) -> None:
    """The sixth picture of the opened leaf is the first that is a glimpse."""
    now, _ = play(Scene(1, CALM), Scene(0.5, (*CALM, Fact.WENT_IN)), Scene(pause_s, CALM), fps=FPS)
    kinds = [kind for _, kind, *_ in told_after(now, Scene(0.5, OPENED), Scene(1, CALM))]
    assert kinds == ([EventKind.DOOR_OPENED] if told else [])


@pytest.mark.parametrize(
    ("pause_s", "told"),
    [(2.5 - 7 * PICTURE_S, [EventKind.EXIT]), (2.5 - 6 * PICTURE_S, []), (2.5 - 5 * PICTURE_S, [])],
)
def test_whoever_appeared_more_than_two_and_a_half_seconds_before_did_not_come_out(
    pause_s: float, told: list[EventKind]
) -> None:
    """The door is found open six pictures after the pause, the exit one picture later."""
    now, _ = play(Scene(1, CALM), Scene(0.5, (*CALM, Fact.CAME_OUT)), Scene(pause_s, CALM), fps=FPS)
    kinds = [kind for _, kind, *_ in told_after(now, Scene(5, OPENED))]
    assert kinds == [EventKind.DOOR_OPENED, *told]


@pytest.mark.parametrize(
    ("facts", "event"),
    [
        (PRESENT, LOITERING),
        ((*CALM, Fact.WORKS_ON_LEAF), WORKS),
        (CROUCHED, CROUCHES),
        (SEAL_GONE, NO_SEAL),
        (OPENED, DOOR_OPENED),
    ],
)
@pytest.mark.parametrize("goes_on", [True, False])
def test_what_is_not_seen_for_two_and_a_half_seconds_begins_anew(
    facts: tuple[Fact, ...], event: Told, goes_on: bool
) -> None:
    limit, *raised = event
    pause_s = 2.5 - PICTURE_S if goes_on else 2.5
    now, events = play(Scene(1, CALM), Scene(limit, facts), Scene(pause_s, CALM), fps=FPS)
    assert events == []
    assert told_after(now, Scene(limit, facts), Scene(2, CALM)) == ([(0.0, *raised)] if goes_on else [])


@pytest.mark.parametrize("facts", [(Fact.PERSON_AT_DOOR, Fact.LEAF_SHAKEN), (Fact.LEAF_SHAKEN, Fact.PERSON_AT_DOOR)])
@pytest.mark.parametrize(("pause_s", "told"), [(2.5 - PICTURE_S, True), (2.5, False)])
def test_whoever_is_at_the_door_within_two_and_a_half_seconds_shook_it(
    facts: tuple[Fact, Fact], pause_s: float, told: bool
) -> None:
    first, then = facts
    now, _ = play(Scene(1, CALM), Scene(1, (*CALM, first)), Scene(pause_s, CALM), fps=FPS)
    assert told_after(now, Scene(PICTURE_S, (*CALM, then))) == ([STRAINS] if told else [])


@pytest.mark.parametrize("fact", [Fact.WORKS_ON_LEAF, Fact.CROUCHES_AT_LEAF])
@pytest.mark.parametrize(("pictures", "goes_on"), [(8, True), (9, False)])
def test_hands_that_are_missed_for_up_to_half_a_second_were_at_work_meanwhile(
    fact: Fact, pictures: int, goes_on: bool
) -> None:
    looks = [Scene(PICTURE_S, (*CALM, fact)), Scene((pictures - 1) * PICTURE_S, CALM)] * 12
    _, events = play(Scene(1, CALM), *looks, fps=FPS)
    assert [event.kind for event in events] == ([EventKind.TAMPERING] if goes_on else [])


@pytest.mark.parametrize(("pause_s", "told"), [(14.0 - PICTURE_S, True), (14.0, False)])
def test_hands_on_a_quiet_leaf_are_remembered_for_twenty_seconds(pause_s: float, told: bool) -> None:
    now, _ = play(Scene(1, CALM), Scene(1, HANDS), Scene(pause_s, CALM), fps=FPS)
    assert told_after(now, Scene(10, PARTLY)) == ([PERHAPS_A_SEAL] if told else [])


def test_hands_are_remembered_as_long_as_the_incident_is_open() -> None:
    now, _ = play(Scene(1, CALM), Scene(11, HANDS), *[Scene(19, CALM), Scene(1, PRESENT)] * 5, fps=FPS)
    assert now.phase is Phase.ATTENTION
    assert told_after(now, Scene(10, PARTLY)) == [PERHAPS_A_SEAL]
