"""What events and decisions mean as ONVIF properties."""

import re
from dataclasses import replace
from uuid import uuid5

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.alerts import PREMISES, alert_of
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.bridge import onvif_words as topics
from vigilanza.bridge.onvif_device.place import Place, token
from vigilanza.bridge.onvif_device.topics import Notice, Topics
from vigilanza.bridge.onvif_topic import PropertyOperation, onvif_events
from vigilanza.bridge.onvif_words import TOPICS
from vigilanza.clock import SystemClock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.store.feed import Entry, Item, Story

PLACE = Place.of(site="0423", name="via Esempio 4", doors={"stairs-3": ["B.03.12"], "yard": []})
OURS = Topics(PLACE)
DONE, ASSAULT = 60.0, 3


def told(*items: Item) -> list[list[Notice]]:
    """What each of these commits has to tell."""
    stories = [Story(tuple(items[:count])) for count in range(len(items) + 1)]
    return [
        OURS.changes(Entry(position, item, stories[position - 1], stories[position]))
        for position, item in enumerate(items, 1)
    ]


def about(notices: list[Notice], topic: str) -> list[dict[str, topics.Value]]:
    return [dict(notice.data) for notice in notices if notice.about.topic == topic]


def on_camera(kind: EventKind, sequence: int = 0) -> Event:
    incident = incident_id("camera")
    phase = Phase.CLOSED if kind is EventKind.RESTORED else Phase.SUSPECTED
    return Event(
        id=uuid5(incident, f"{sequence}"),
        incident=incident,
        sequence=sequence,
        kind=kind,
        severity=Severity.INFO if kind is EventKind.RESTORED else Severity.ALARM,
        phase=phase,
        camera="yard",
        door=None,
        at=BEGAN + sequence,
        evidence=(),
    )


def test_a_break_in_from_loitering_to_its_end() -> None:
    loitering, tampering, opened, entry, closed = told(*break_in("a"))
    assert about(loitering, topics.INSIDE) == [{"IsInside": True}]
    assert about(loitering, topics.LOITERS)[0]["State"] is True
    assert about(loitering, topics.FORCED) == [], "attention is no alarm"
    assert about(tampering, topics.INPUT) == [{"LogicalState": True}]
    for notices, kind in ((tampering, "tampering"), (opened, "door_opened"), (entry, "entry")):
        (data,) = about(notices, topics.FORCED)
        assert (data["State"], data["vgz:Status"], data["vgz:Kind"]) == (True, "Detected", kind)
        assert next(iter(data)) == "State", "many look at the first item only"
    assert about(closed, topics.FORCED)[0]["vgz:Status"] == "Closed"
    assert about(closed, topics.INPUT) == [{"LogicalState": False}]
    assert about(closed, topics.INSIDE) == [{"IsInside": False}]


def test_only_what_changes_is_told() -> None:
    tampering = break_in("a", count=2)[1]
    again = replace(tampering, id=uuid5(tampering.id, "again"), sequence=2)
    assert told(tampering, again)[1] == []


def test_what_runs_under_a_work_order_is_no_alarm() -> None:
    ordered = [replace(event, severity=Severity.INFO, order="WO-0001") for event in break_in("a", count=4)]
    for notices in told(*ordered):
        assert {notice.about.topic for notice in notices} <= {topics.INSIDE, topics.LOITERS}
    # An alarm that began before the order goes on without it, and ends when it is put under one.
    alarm, visited = break_in("a", count=2)[1], replace(ordered[2], sequence=2)
    assert about(told(alarm, visited)[1], topics.INPUT) == [{"LogicalState": False}]


def test_decisions_are_told_without_who_decided() -> None:
    events = break_in("a", count=3)
    confirmed = Decision(events[0].incident, "operator-17", BEGAN + DONE, avs=ASSAULT)
    rejected = Decision(events[0].incident, "operator-17", BEGAN + DONE + 1, reason=RejectReason.RESIDENT)
    *_, first, second = told(*events, confirmed, rejected)
    assert (
        about(first, topics.FORCED)[0] | {"vgz:AVSLevel": 3, "vgz:Status": "Confirmed", "State": True}
        == about(first, topics.FORCED)[0]
    )
    assert about(second, topics.FORCED)[0]["State"] is False
    (data,) = about(second, topics.DECIDED)
    assert data == {
        **{"vgz:Status": "Rejected", "vgz:IncidentId": str(events[0].incident)},
        **{"vgz:UnitCode": "B.03.12", "vgz:AVSLevel": 0},
    }
    assert "operator-17" not in repr([first, second])


def test_an_incident_that_only_called_for_attention_is_an_alarm_once_confirmed() -> None:
    loitering = break_in("a", count=1)[0]
    confirmed = Decision(loitering.incident, "operator", BEGAN + DONE, avs=2)
    assert about(told(loitering, confirmed)[1], topics.INPUT) == [{"LogicalState": True}]


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        (EventKind.CAMERA_COVERED, "tns1:VideoSource/GlobalSceneChange/AnalyticsService"),
        (EventKind.CAMERA_MOVED, "tns1:VideoSource/GlobalSceneChange/AnalyticsService"),
        (EventKind.CAMERA_DEFOCUSED, "tns1:VideoSource/ImageTooBlurry/AnalyticsService"),
        (EventKind.CAMERA_DARK, "tns1:VideoSource/ImageTooDark/AnalyticsService"),
        (EventKind.CAMERA_LOST, "tns1:VideoSource/SignalLoss"),
        (EventKind.CAMERA_FROZEN, "tns1:VideoSource/vgz:PictureFrozen"),
    ],
)
def test_attacks_on_a_camera_last_until_the_view_is_back(kind: EventKind, topic: str) -> None:
    attacked, restored = told(on_camera(kind), on_camera(EventKind.RESTORED, 1))
    assert [(one.about.topic, one.about.source, one.data) for one in attacked] == [
        (topic, (("Source", "VS_yard"),), (("State", True),))
    ]
    assert about(restored, topic) == [{"State": False}]


def test_two_attacks_in_one_are_told_as_two() -> None:
    told_of = told(
        on_camera(EventKind.CAMERA_DARK), on_camera(EventKind.CAMERA_LOST, 1), on_camera(EventKind.RESTORED, 2)
    )
    assert [len(notices) for notices in told_of] == [1, 1, 2]


def test_nothing_is_told_of_what_the_configuration_does_not_know() -> None:
    for strange in (replace(break_in("a", count=1)[0], camera="gone"), replace(break_in("a", count=1)[0], door="gone")):
        assert told(strange) == [[]]
        assert OURS.states(Story((strange,))) == {}


def test_everything_told_is_described_and_every_property_is_initialized() -> None:
    initial = OURS.initial((Story(tuple(break_in("a", count=4))),), BEGAN)
    described = {topic for topic, description in TOPICS.items() if description.is_property}
    assert {notice.about.topic for notice in initial} == described
    everything = [notice for notices in told(*break_in("a")) for notice in notices] + initial
    for notice in everything:
        description = TOPICS[notice.about.topic]
        assert [name for name, _ in notice.about.source] == [name for name, _ in description.source]
        names = [name for name, _ in description.data]
        assert [name for name, _ in notice.data] == [name for name in names if name in dict(notice.data)]


def test_tokens_are_short_plain_and_differ() -> None:
    names = ["b3", "b.3", "b-3", "b_3", "x" * 64, "x" * 63, "à", "a b"]
    tokens = {token("VS", name) for name in names}
    assert len(tokens) == len(names)
    assert all(one.isascii() and len(one) <= 64 and not set(one) & set("./# +") for one in tokens)
    assert token("VS", "b3") == "VS_b3"


NAMES = st.text(st.sampled_from("ab_.-09"), min_size=1, max_size=10)
PARTS = st.lists(NAMES, min_size=1, max_size=2)


@given(one=PARTS, other=PARTS)
@example(one=["a_b", "c"], other=["a", "b_c"])
@example(one=["a.b"], other=[token("DI", "a.b").removeprefix("DI_")])
def test_different_names_never_have_one_token(one: list[str], other: list[str]) -> None:
    assert (token("DI", *one) == token("DI", *other)) == (one == other)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token("DI", *one))


def test_at_a_broker_the_same_is_told_in_the_same_words() -> None:
    events = break_in("a")
    for event, notices in zip(events, told(*events), strict=True):
        alert = alert_of(event)
        spoken = onvif_events(alert.type, alert.data, PREMISES)
        theirs = {(one.topic, one.source): one.data for one in spoken if one.operation is PropertyOperation.CHANGED}
        for notice in notices:
            described = TOPICS[notice.about.topic]
            assert (notice.about.topic, notice.about.source) in theirs
            assert notice.data[0] == theirs[notice.about.topic, notice.about.source][0], "the state"
            for name, _ in (*notice.data, *theirs[notice.about.topic, notice.about.source]):
                assert name in dict(described.data)


def test_what_a_commit_costs_does_not_grow_with_the_doors() -> None:
    """A block of flats has hundreds: to tell what one commit changes, no other door's state may be made."""
    cameras = {f"stairs-{number}": [f"{number}.{door:02}" for door in range(64)] for number in range(8)}
    block = Topics(Place.of(site="0423", name="via Esempio 4", doors=cameras | {"stairs-3": ["B.03.12"]}))
    story = tuple(break_in("a"))
    entry = Entry(len(story), story[-1], Story(story[:-1]), Story(story))
    began = SystemClock().busy()
    for _ in range(2000):
        assert block.changes(entry)
    assert SystemClock().busy() - began < 10.0
