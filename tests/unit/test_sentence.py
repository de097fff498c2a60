"""An event as one sentence of facts, in both languages."""

from dataclasses import replace
from datetime import UTC
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import BEGAN, break_in, incident_id
from tests.unit.test_events_json import EVENTS, NOT_NEUTRAL
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.language import Language
from vigilanza.domain.observation import Fact
from vigilanza.domain.sentence import by_the_clip, by_the_clock, most_telling, sentence, sentences

ROME = ZoneInfo("Europe/Rome")
NIGHT = 1_795_396_447.0
"""2026-11-23 02:14:07 in Rome, an hour less in UTC."""
DOOR = "0423.B.03.12"


def seen(fact: Fact, *, ago: float, seconds: float, count: int = 1) -> Evidence:
    return Evidence(fact, NIGHT - ago, seconds, 0.9, count)


def event(
    *evidence: Evidence,
    kind: EventKind = EventKind.ENTRY,
    phase: Phase = Phase.ENTERED,
    door: str | None = DOOR,
    at: float = NIGHT,
) -> Event:
    return Event(
        id=incident_id("event"),
        incident=incident_id("incident"),
        sequence=0,
        kind=kind,
        severity=Severity.ALARM,
        phase=phase,
        camera="b3-landing",
        door=door,
        at=at,
        evidence=evidence,
    )


def told(one: Event) -> tuple[str, str]:
    said = sentences(one, by_the_clock(ROME))
    assert list(said) == list(get_args(Language))
    return said["it"], said["en"]


def test_work_on_the_knees_is_told_in_place_of_work() -> None:
    work = (seen(Fact.WORKS_ON_LEAF, ago=9.0, seconds=8.0), seen(Fact.CROUCHES_AT_LEAF, ago=5.4, seconds=5.0))
    one = event(*work, kind=EventKind.TAMPERING, phase=Phase.SUSPECTED)
    assert told(one) == (
        "Alla porta 0423.B.03.12: al lavoro in posizione accovacciata per 5 s",
        "At door 0423.B.03.12: at work on the heels or knees for 5 s",
    )


def test_everything_that_led_to_an_entry_stands_in_one_sentence() -> None:
    one = event(
        seen(Fact.PERSON_AT_DOOR, ago=14.0, seconds=14.0, count=2),
        seen(Fact.HAND_ON_LEAF, ago=12.0, seconds=8.0),
        seen(Fact.WORKS_ON_LEAF, ago=11.0, seconds=5.4),
        seen(Fact.STRAINS_AT_LEAF, ago=6.0, seconds=4.0, count=12),
        seen(Fact.LEAF_CHANGED, ago=3.0, seconds=3.0),
        seen(Fact.WENT_IN, ago=0.0, seconds=0.0),
        kind=EventKind.DOOR_OPENED,
        phase=Phase.FORCED,
    )
    assert told(one) == (
        "Due persone alla porta 0423.B.03.12 da 14 s; mani all'opera per 5 s; 6 colpi o spinte;"
        " porta aperta alle 02:14:04; una persona entrata",
        "Two people at door 0423.B.03.12 for 14 s; hands at work for 5 s; 6 blows or heaves;"
        " door opened at 02:14:04; one person went in",
    )


@pytest.mark.parametrize(
    ("count", "italian", "english"),
    [
        (1, "Una persona", "One person"),
        (2, "Due persone", "Two people"),
        (6, "Sei persone", "Six people"),
        (7, "7 persone", "7 people"),
    ],
)
def test_people_are_counted(count: int, italian: str, english: str) -> None:
    one = event(seen(Fact.PERSON_AT_DOOR, ago=10.0, seconds=10.0, count=count), phase=Phase.ATTENTION)
    assert told(one) == (f"{italian} alla porta {DOOR} da 10 s", f"{english} at door {DOOR} for 10 s")


@pytest.mark.parametrize(
    ("strokes", "italian", "english"),
    [
        (1, "colpi o spinte", "blows or heaves"),
        (2, "un colpo o una spinta", "one blow or heave"),
        (3, "un colpo o una spinta", "one blow or heave"),
        (4, "2 colpi o spinte", "2 blows or heaves"),
        (13, "6 colpi o spinte", "6 blows or heaves"),
    ],
)
def test_a_stroke_to_and_one_fro_are_one_blow(strokes: int, italian: str, english: str) -> None:
    one = event(seen(Fact.STRAINS_AT_LEAF, ago=2.0, seconds=2.0, count=strokes), phase=Phase.SUSPECTED)
    assert told(one) == (f"Alla porta {DOOR}: {italian}", f"At door {DOOR}: {english}")


@pytest.mark.parametrize(
    ("count", "italian", "english"),
    [(1, "anta scossa", "leaf shaken"), (3, "anta scossa 3 volte", "leaf shaken 3 times")],
)
def test_a_leaf_that_gives_is_told_with_how_often(count: int, italian: str, english: str) -> None:
    one = event(seen(Fact.LEAF_SHAKEN, ago=2.0, seconds=2.0, count=count), phase=Phase.SUSPECTED)
    assert told(one) == (f"Alla porta {DOOR}: {italian}", f"At door {DOOR}: {english}")


@pytest.mark.parametrize(
    ("count", "italian", "english"),
    [(1, "una persona entrata", "one person went in"), (2, "due persone entrate", "two people went in")],
)
def test_those_who_went_in_are_counted(count: int, italian: str, english: str) -> None:
    one = event(seen(Fact.WENT_IN, ago=0.0, seconds=0.0, count=count))
    assert told(one) == (f"Alla porta {DOOR}: {italian}", f"At door {DOOR}: {english}")


def test_nobody_goes_through_a_leaf_that_is_believed_sealed() -> None:
    one = event(
        seen(Fact.LEAF_CHANGED, ago=4.0, seconds=0.2),
        seen(Fact.WENT_IN, ago=1.0, seconds=0.4),
        seen(Fact.CAME_OUT, ago=0.0, seconds=0.0, count=2),
        phase=Phase.SUSPECTED,
    )
    assert told(one) == (
        f"Alla porta {DOOR}: anta diversa alle 02:14:03; una persona sparita presso la porta;"
        " due persone apparse presso la porta",
        f"At door {DOOR}: leaf different at 02:14:03; one person lost from view at the door;"
        " two people came into view at the door",
    )


def test_who_has_left_was_there_for_so_long_and_who_stays_is_there_since() -> None:
    left, stays = seen(Fact.PERSON_AT_DOOR, ago=30.0, seconds=9.0), seen(Fact.PERSON_AT_DOOR, ago=10.0, seconds=9.0)
    assert sentence(event(left), "it", by_the_clock(ROME)).endswith("per 9 s")
    assert sentence(event(stays), "it", by_the_clock(ROME)).endswith("da 9 s")
    assert sentence(event(stays), "en", by_the_clock(ROME)).endswith("for 9 s")


@pytest.mark.parametrize(
    ("seconds", "end"), [(0.9, DOOR), (1.0, "for 1 s"), (119.0, "for 119 s"), (150.0, "for 2 min")]
)
def test_times_are_short_and_none_is_told_below_a_second(seconds: float, end: str) -> None:
    one = event(seen(Fact.PERSON_AT_DOOR, ago=seconds, seconds=seconds))
    assert sentence(one, "en", by_the_clock(ROME)).endswith(end)


def test_a_door_seen_open_again_is_not_said_to_have_been_opened_then() -> None:
    one = event(seen(Fact.LEAF_CHANGED, ago=1.0, seconds=1.0), kind=EventKind.EXIT)
    assert told(one) == (
        f"Alla porta {DOOR}: porta vista aperta alle 02:14:06",
        f"At door {DOOR}: door seen open at 02:14:06",
    )


def test_part_of_a_leaf_is_told_only_while_the_whole_is_not() -> None:
    part, whole = seen(Fact.LEAF_PARTLY_CHANGED, ago=9.0, seconds=7.0), seen(Fact.LEAF_CHANGED, ago=2.0, seconds=2.0)
    hands = seen(Fact.HAND_ON_LEAF, ago=12.0, seconds=3.0)
    one = event(hands, part, kind=EventKind.SEAL_CHANGED, phase=Phase.SUSPECTED)
    assert told(one) == (
        f"Alla porta {DOOR}: mani sull'anta per 3 s; parte dell'anta diversa per 7 s",
        f"At door {DOOR}: hands on the leaf for 3 s; part of the leaf different for 7 s",
    )
    assert "part of the leaf" not in sentence(event(part, whole), "en", by_the_clock(ROME))


def test_times_are_those_of_the_site_or_of_the_recording() -> None:
    one = event(seen(Fact.LEAF_CHANGED, ago=0.0, seconds=0.0), kind=EventKind.DOOR_OPENED, phase=Phase.FORCED)
    assert sentence(one, "en", by_the_clock(ROME)).endswith("at 02:14:07")
    assert sentence(one, "en", by_the_clock(UTC)).endswith("at 01:14:07")
    assert sentence(one, "en", by_the_clip(NIGHT - 23.44)).endswith("at 23.4 s")
    assert sentence(one, "it", by_the_clip(NIGHT - 23.44)).endswith("a 23,4 s")


def test_the_end_of_an_incident_says_only_what_ended_it() -> None:
    one = event(seen(Fact.LEAF_CHANGED, ago=600.0, seconds=30.0), kind=EventKind.CLOSED, phase=Phase.CLOSED)
    assert told(one) == (
        f"Porta {DOOR} di nuovo come sigillata, nessuno presente alle 02:14:07",
        f"Door {DOOR} as sealed again, nobody there at 02:14:07",
    )


def test_what_was_done_to_a_camera_is_told_in_order() -> None:
    covered, lost = seen(Fact.VIEW_COVERED, ago=60.0, seconds=5.0), seen(Fact.SIGNAL_LOST, ago=50.0, seconds=0.0)
    attack = event(lost, covered, kind=EventKind.CAMERA_LOST, phase=Phase.SUSPECTED, door=None)
    assert told(attack) == (
        "Telecamera b3-landing: coperta alle 02:13:07; nessun segnale alle 02:13:17",
        "Camera b3-landing: covered at 02:13:07; no signal at 02:13:17",
    )
    assert told(replace(attack, kind=EventKind.RESTORED))[1].endswith("no signal at 02:13:17; sees again at 02:14:07")


def test_the_gravest_event_tells_most_and_an_ending_nothing() -> None:
    story = break_in("one")
    assert most_telling(story) == story[3]
    assert most_telling(story[:2]) == story[1]
    assert most_telling(story[4:]) == story[4]
    assert most_telling([]) is None


@given(one=EVENTS, language=st.sampled_from(get_args(Language)))
def test_every_event_has_a_short_neutral_sentence(one: Event, language: Language) -> None:
    one = replace(one, camera="cam", door=None if one.door is None else "B.03.12")
    said = sentence(one, language, by_the_clip(BEGAN))
    assert not said[0].islower()
    assert said.count("\n") == 0
    assert len(said) < 400
    assert ("B.03.12" if one.door else "cam") in said
    assert not NOT_NEUTRAL.search(said)
