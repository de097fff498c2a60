"""Alerts in the words of ONVIF."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts import PREMISES, alert_of, decided
from tests.samples import BEGAN, VMS, break_in
from vigilanza.bridge.onvif_device.place import SealedDoor
from vigilanza.bridge.onvif_mqtt import payload_of, topic_of
from vigilanza.bridge.onvif_topic import OnvifEvent, PropertyOperation, onvif_events
from vigilanza.bridge.onvif_words import DECIDED, FORCED, INPUT, INSIDE, LOITERS, TEST, TOPICS, VIEW_TOPICS
from vigilanza.domain.alert import alert_for_test, rfc3339
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact

CHANGED, DELETED = PropertyOperation.CHANGED, PropertyOperation.DELETED


def told(alert: Alert) -> tuple[OnvifEvent, ...]:
    return onvif_events(alert.type, alert.data, PREMISES)


def states(alert: Alert) -> list[tuple[str, Any, PropertyOperation | None]]:
    return [(event.topic, event.data[0][1], event.operation) for event in told(alert)]


def camera_event(kind: EventKind, *facts: Fact, phase: Phase = Phase.SUSPECTED) -> Event:
    evidence = tuple(Evidence(fact, BEGAN, 2.0, 0.9) for fact in facts)
    return replace(break_in("c")[0], kind=kind, severity=Severity.ALARM, phase=phase, door=None, evidence=evidence)


def test_a_break_in_from_its_beginning_to_its_end() -> None:
    loitering, tampering, opened, entry, closed = break_in("a")
    assert states(alert_of(loitering)) == [(INSIDE, True, CHANGED), (LOITERS, True, CHANGED)]
    for event in (tampering, opened, entry):
        assert states(alert_of(event)) == [(FORCED, True, CHANGED), (INPUT, True, CHANGED)]
    off = [(topic, False, CHANGED) for topic in (INSIDE, LOITERS, FORCED, INPUT)]
    assert states(alert_of(closed)) == [*off, *((topic, state, DELETED) for topic, state, _ in off)]


def test_a_forced_entry_says_where_and_how_sure() -> None:
    [forced, contact] = told(alert_of(break_in("a")[2], confirmed_avs=3))
    assert forced.source == (
        ("VideoSource", "VS_stairs-3"),
        ("Rule", "sealed-door-B.03.12"),
        ("vgz:UnitCode", "B.03.12"),
    )
    assert dict(forced.data) == {
        "State": True,
        "vgz:Status": "Confirmed",
        "vgz:IncidentId": str(break_in("a")[0].incident),
        "vgz:Kind": "door_opened",
        "vgz:Confidence": 0.9,
        "vgz:AVSLevel": 3,
    }
    assert forced.at == BEGAN + 20.0
    assert contact.source == (("InputToken", SealedDoor("stairs-3", "B.03.12").input),)


def test_a_decision_is_told_by_its_word_and_without_a_name() -> None:
    confirmed, rejected = decided("B.03.12", avs=3), decided("B.03.12", reason=RejectReason.ANIMAL)
    assert states(confirmed) == [(FORCED, True, CHANGED), (INPUT, True, CHANGED), (DECIDED, "Confirmed", None)]
    assert states(rejected) == [(FORCED, False, CHANGED), (INPUT, False, CHANGED), (DECIDED, "Rejected", None)]
    assert ("vgz:AVSLevel", 0) in told(rejected)[0].data
    assert "operator" not in repr((told(confirmed), told(rejected)))
    assert states(decided(None, avs=1)) == [(DECIDED, "Confirmed", None)], "a covered camera stays covered"


def test_what_runs_under_a_work_order_is_no_forced_entry() -> None:
    opened = replace(break_in("a")[2], order="WO-0147", severity=Severity.INFO)
    assert states(alert_of(opened, confirmed_avs=3)) == [(FORCED, False, CHANGED), (INPUT, False, CHANGED)]
    assert all(event.if_told for event in told(alert_of(opened))), "it only takes an alarm back"


def test_attention_alone_is_no_forced_entry() -> None:
    touched = replace(break_in("a")[1], severity=Severity.ATTENTION)
    assert states(alert_of(touched)) == []


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind.startswith("camera_")])
def test_each_attack_on_a_camera_has_its_topic(kind: EventKind) -> None:
    [attacked] = told(alert_of(camera_event(kind, Fact.VIEW_COVERED)))
    assert (attacked.topic, attacked.data, attacked.operation) == (VIEW_TOPICS[kind], (("State", True),), CHANGED)
    assert attacked.source == (("Source", "VS_stairs-3"),)


def test_when_a_camera_sees_again_only_what_was_on_goes_off() -> None:
    restored = camera_event(EventKind.RESTORED, Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DARK, phase=Phase.CLOSED)
    scene, dark = VIEW_TOPICS[EventKind.CAMERA_COVERED], VIEW_TOPICS[EventKind.CAMERA_DARK]
    assert states(alert_of(restored)) == [
        (scene, False, CHANGED),
        (dark, False, CHANGED),
        (scene, False, DELETED),
        (dark, False, DELETED),
    ]
    unknown = camera_event(EventKind.RESTORED, phase=Phase.CLOSED)
    assert {event.topic for event in told(alert_of(unknown))} == set(VIEW_TOPICS.values())


def test_every_kind_of_event_can_be_told() -> None:
    for event in break_in("a"):
        for kind in EventKind:
            if not kind.startswith("camera_"):
                told(alert_of(replace(event, kind=kind)))


def test_a_test_is_no_property_and_names_nobody() -> None:
    alert = alert_for_test(VMS, incident=break_in("a")[0].incident, at=BEGAN, by="Anna Neri", site="0423")
    [event] = told(alert)
    assert (event.topic, event.operation, event.data[0]) == (TEST, None, ("vgz:Status", "Test"))
    assert "Anna" not in repr(event)


def test_the_message_is_that_of_the_specification() -> None:
    event = OnvifEvent(
        FORCED,
        (("VideoSource", "VS_0423_CAM2"), ("Rule", "sealed-door-0423.B.03.12")),
        (("State", True), ("vgz:Status", "Confirmed")),
        1_795_313_647.48,
        CHANGED,
    )
    assert topic_of(event, "VGZ-0423") == (
        "VGZ-0423/onvif-ej/RuleEngine/vgz:SealedDoor/ForcedEntry/&VS_0423_CAM2/sealed-door-0423.B.03.12"
    )
    assert json.loads(payload_of(event)) == {
        "UtcTime": rfc3339(1_795_313_647.48),
        "Source": {"VideoSource": "VS_0423_CAM2", "Rule": "sealed-door-0423.B.03.12"},
        "Data": {"State": True, "vgz:Status": "Confirmed"},
    }
    assert payload_of(replace(event, operation=DELETED)) == b""


NAMES = st.text(st.characters(exclude_categories=()), min_size=1, max_size=40)


@given(topic=st.lists(NAMES, min_size=1, max_size=4), values=st.lists(NAMES, max_size=4))
def test_whatever_the_names_the_topic_can_be_published(topic: Sequence[str], values: Sequence[str]) -> None:
    source = tuple((f"item-{number}", value) for number, value in enumerate(values))
    made = topic_of(OnvifEvent("/".join(topic), source, (), 0.0, CHANGED), "VGZ-0423")
    assert not re.search(r"[#+\x00]", made)
    assert len(made.encode("utf-8")) <= 65_535
    assert made.startswith("VGZ-0423/onvif-ej/")
    levels = made.split("/")
    depth = len("/".join(topic).split("/"))
    assert len(levels) == 2 + depth + len(values)
    if values:
        assert levels[2 + depth].startswith("&")


def test_source_and_state_are_those_that_the_device_describes() -> None:
    closed = alert_of(break_in("a")[4])
    restored = alert_of(camera_event(EventKind.RESTORED, phase=Phase.CLOSED))
    for event in (*told(closed), *told(restored), *told(decided("B.03.12", avs=3))):
        described = TOPICS[event.topic]
        assert [name for name, _ in event.source] == [name for name, _ in described.source]
        if described.is_property:
            assert event.data[0][0] == described.data[0][0]
        assert (event.operation is not None) == described.is_property
