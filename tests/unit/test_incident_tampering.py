"""What somebody does at the leaf, and from when on that is an alarm."""

import pytest

from tests.observed import AT_WORK, BEGAN, CALM, CAMERA, DOOR, OPENED, PRESENT, STRAINING, Scene, play
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.incident import Incident, Policy, step
from vigilanza.domain.observation import Fact, Observation


def test_work_on_the_leaf_asks_for_attention_and_then_alarms_in_the_same_incident() -> None:
    now, events = play(Scene(2, CALM), Scene(60, AT_WORK))
    tampering = [event for event in events if event.kind is EventKind.TAMPERING]
    assert [event.severity for event in tampering] == [Severity.ATTENTION, Severity.ALARM]
    assert len({event.incident for event in events}) == 1
    assert [event.sequence for event in events] == list(range(len(events)))
    assert now.phase is Phase.SUSPECTED
    assert Fact.WORKS_ON_LEAF in {item.fact for item in tampering[-1].evidence}


def worked(*, seen: int, missed: int) -> list[tuple[Severity, float]]:
    """What is told of twenty seconds in which hands at work are found in `seen` looks, then missed in as many."""
    visits = [Scene(0.2 * seen, AT_WORK), Scene(0.2 * missed, (*PRESENT, Fact.HAND_ON_LEAF))] * 40
    _, events = play(Scene(2, CALM), *visits[: 200 // (seen + missed)], fps=5.0)
    return [(event.severity, event.at - BEGAN - 2.0) for event in events if event.kind is EventKind.TAMPERING]


def test_work_goes_on_while_a_body_hides_the_hands_for_a_look() -> None:
    (_, asked), (_, alarmed) = worked(seen=1, missed=1)
    assert asked == pytest.approx(5.2, abs=0.21)
    assert alarmed == pytest.approx(10.0, abs=0.41)


def test_hands_that_rest_for_longer_than_that_are_not_at_work_meanwhile() -> None:
    """Somebody knocks, listens, and knocks again."""
    assert [severity for severity, _ in worked(seen=3, missed=4)] == [Severity.ATTENTION]


@pytest.mark.parametrize(
    ("facts", "needed_s", "kind"),
    [(PRESENT, 10.0, EventKind.LOITERING), (OPENED, 1.0, EventKind.DOOR_OPENED)],
)
def test_only_work_goes_on_unseen(facts: tuple[Fact, ...], needed_s: float, kind: EventKind) -> None:
    """Of two pictures a fifth of a second apart one shows it: that is half of the time."""
    flickers = [Scene(0.1, facts), Scene(0.1, CALM)]
    told = [event.kind for event in play(Scene(2, CALM), *flickers * round(1.5 * needed_s / 0.2))[1]]
    assert told == []
    assert kind in [event.kind for event in play(Scene(2, CALM), *flickers * round(2.5 * needed_s / 0.2))[1]]


def test_straining_against_the_door_alarms_within_a_second() -> None:
    now, events = play(Scene(2, CALM), Scene(1.0, STRAINING), Scene(5, STRAINING))
    (tampering,) = events
    assert tampering.severity is Severity.ALARM
    assert tampering.at - BEGAN < 3.0
    assert now.phase is Phase.SUSPECTED
    assert Fact.STRAINS_AT_LEAF in {item.fact for item in tampering.evidence}


def test_a_leaf_shaken_while_somebody_is_at_it_alarms_at_once_and_nobody_else_s_does() -> None:
    now, events = play(Scene(2, CALM), Scene(3, PRESENT), Scene(4, (*PRESENT, Fact.LEAF_SHAKEN)))
    (tampering,) = events
    assert (tampering.kind, tampering.severity) == (EventKind.TAMPERING, Severity.ALARM)
    assert tampering.at - BEGAN == pytest.approx(5.0)
    assert now.phase is Phase.SUSPECTED
    assert Fact.LEAF_SHAKEN in {item.fact for item in tampering.evidence}
    _, alone = play(Scene(2, CALM), Scene(20, (*CALM, Fact.LEAF_SHAKEN)))
    assert alone == []


def test_each_return_to_a_forced_door_that_was_left_alone_alarms_once_in_the_same_incident() -> None:
    forced = (*OPENED, Fact.PERSON_AT_DOOR, Fact.WORKS_ON_LEAF)
    visits = [Scene(5, forced), Scene(15, OPENED)] * 3
    now, events = play(Scene(2, CALM), *visits)
    assert [event.kind for event in events] == [EventKind.DOOR_OPENED, EventKind.TAMPERING, EventKind.TAMPERING]
    assert {event.severity for event in events} == {Severity.ALARM}
    assert {event.incident for event in events} == {now.id}
    assert [event.at - BEGAN for event in events[1:]] == pytest.approx([22.2, 42.2], abs=0.1)


def test_a_seal_that_is_gone_is_an_alarm_and_keeps_the_incident_open() -> None:
    now, events = play(Scene(2, CALM), Scene(3, PRESENT), Scene(300, (Fact.VIEW_CLEAR, Fact.SEAL_GONE)))
    (changed,) = events
    assert (changed.kind, changed.severity) == (EventKind.SEAL_CHANGED, Severity.ALARM)
    assert changed.at - BEGAN < 12.0
    assert now.open


def test_a_seal_put_back_ends_the_incident() -> None:
    now, events = play(Scene(2, PRESENT), Scene(30, (Fact.VIEW_CLEAR, Fact.SEAL_GONE)), Scene(60, CALM))
    assert [event.kind for event in events] == [EventKind.SEAL_CHANGED, EventKind.CLOSED]
    assert not now.open


def test_evidence_counts_the_people_at_the_door_at_once_and_the_strokes_of_the_one_who_makes_most() -> None:
    now = Incident(CAMERA, DOOR)
    told: list[Event] = []
    for number in range(30):
        people = [Observation(Fact.PERSON_AT_DOOR, 0.3 + 0.1 * one, DOOR) for one in range(2 if number < 20 else 1)]
        strokes = [Observation(Fact.STRAINS_AT_LEAF, 0.5, DOOR, count=count) for count in (6, 4)] if number > 24 else []
        now, events = step(now, [*people, *strokes], BEGAN + 0.1 * number, Policy())
        told += events
    (event,) = told
    counted = {item.fact: (item.count, item.confidence) for item in event.evidence}
    assert counted == {Fact.PERSON_AT_DOOR: (2, 0.4), Fact.STRAINS_AT_LEAF: (6, 0.5)}
