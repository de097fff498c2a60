"""ONVIF events over MQTT, through a real broker."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.alerts import PREMISES, alert_of, decided
from tests.broker import PASSWORD, Listener, Mosquitto
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.bridge.mqtt_line import Broker
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.topics import Topics
from vigilanza.bridge.onvif_mqtt import OnvifMqttChannel
from vigilanza.bridge.onvif_words import FORCED as FORCED_TOPIC
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.alert import alert_for_test
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Alert, Earlier
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.domain.events import Severity
from vigilanza.store.database import open_database
from vigilanza.store.feed import Item, Story
from vigilanza.store.notebook import Notebook

FORCED = "VGZ-0423/onvif-ej/RuleEngine/vgz:SealedDoor/ForcedEntry/&VS_stairs-3/sealed-door-B.03.12/B.03.12"
INPUT_PREFIX = "VGZ-0423/onvif-ej/Device/Trigger/DigitalInput/&DI_stairs-3_B-03-12-"
STATUS = f"VGZ-0423/status/{VMS.id}"


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    yield opened
    opened.dispose()


@pytest.fixture
def channel(mosquitto: Mosquitto, engine: Engine) -> Iterator[OnvifMqttChannel]:
    made = made_for(mosquitto, engine)
    yield made
    send(made, alert_of(break_in("a")[4]))
    made.close()


def made_for(mosquitto: Mosquitto, engine: Engine, *, user: str = "vigilanza") -> OnvifMqttChannel:
    return OnvifMqttChannel(
        destination=VMS,
        broker=Broker(
            url=f"mqtts://localhost:{mosquitto.port}",
            client_id="vigilanza-0423-onvif",
            user=user,
            password=PASSWORD,
            ca_file=mosquitto.ca_file,
            allow_loopback=True,
        ),
        prefix="VGZ-0423",
        premises=PREMISES,
        notebook=Notebook(engine, "vms"),
        clock=SystemClock(),
        deadline=5.0,
        resolve=lambda host, port: ["127.0.0.1"],
    )


def send(channel: OnvifMqttChannel, alert: Alert) -> str:
    return channel.send(alert, Transcript()).reference


def retained(mosquitto: Mosquitto, topic: str) -> list[tuple[str, bytes]]:
    """What a newcomer finds below `topic`, besides the status, which comes last."""
    with Listener(mosquitto, topic) as city:
        found = []
        # Retained messages come in no certain order; those of the second subscription come after all of the first.
        city.also(STATUS)
        while (came := city.next()).topic != STATUS:
            assert came.retained
            found.append((came.topic, came.payload))
        return found


def test_a_newcomer_finds_the_state_and_nothing_of_what_is_over(
    mosquitto: Mosquitto, channel: OnvifMqttChannel
) -> None:
    _, tampering, opened, _, closed = break_in("a")
    assert send(channel, alert_of(tampering)) == "PUBACK 0x10 No matching subscribers; 2 messages"
    send(channel, alert_of(opened))
    found = dict(retained(mosquitto, "VGZ-0423/onvif-ej/#"))
    assert set(found) == {FORCED, next(topic for topic in found if topic.startswith(INPUT_PREFIX))}
    told = json.loads(found[FORCED])
    assert list(told) == ["UtcTime", "Source", "Data"]
    assert told["Source"] == {"VideoSource": "VS_stairs-3", "Rule": "sealed-door-B.03.12", "vgz:UnitCode": "B.03.12"}
    assert (told["Data"]["State"], told["Data"]["vgz:Kind"]) == (True, "door_opened")
    send(channel, alert_of(closed))
    assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []


def test_who_listens_hears_the_quiet_state_and_then_the_deletion(
    mosquitto: Mosquitto, channel: OnvifMqttChannel
) -> None:
    with Listener(mosquitto, FORCED) as city:
        _, tampering, _, _, closed = break_in("a")
        send(channel, alert_of(tampering))
        send(channel, alert_of(closed))
        on, off, gone = city.next(), city.next(), city.next()
    assert [json.loads(came.payload)["Data"]["State"] for came in (on, off)] == [True, False]
    assert json.loads(off.payload)["Data"]["vgz:Status"] == "Closed"
    assert gone.payload == b""
    assert (on.content_type, on.qos, on.retained) == ("application/json", 1, False)


def test_the_same_alert_again_changes_nothing(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    opened = alert_of(break_in("a")[2])
    assert send(channel, opened) == send(channel, opened)
    first = retained(mosquitto, FORCED)
    send(channel, opened)
    assert retained(mosquitto, FORCED) == first


def test_a_decision_after_the_end_brings_no_state_back(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    _, tampering, _, _, closed = break_in("a")
    send(channel, alert_of(tampering))
    send(channel, alert_of(closed))
    late = replace(decided("B.03.12", avs=3), earlier=(Earlier(4, alert_of(closed).type, closed.at),))
    with Listener(mosquitto, "VGZ-0423/onvif-ej/RuleEngine/vgz:Incident/#") as city:
        assert send(channel, late).endswith("; 1 messages")
        came = city.next()
    assert (json.loads(came.payload)["Data"]["vgz:Status"], came.retained) == ("Confirmed", False)
    assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []


def test_the_broker_has_the_state_that_the_device_tells(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    loitering, tampering, opened, entry, closed = break_in("a")
    visited, again = (replace(event, order="WO-0147", severity=Severity.INFO) for event in (opened, entry))
    confirmed = Decision(loitering.incident, "operator-017", BEGAN + 60.0, avs=3)
    said: list[tuple[Item, Alert]] = [
        (loitering, alert_of(loitering)),
        (tampering, alert_of(tampering)),
        (visited, alert_of(visited)),
        (confirmed, decided("B.03.12", avs=3)),
        (again, alert_of(again, confirmed_avs=3)),
        (closed, alert_of(closed, confirmed_avs=3)),
    ]
    device = Topics(Place.of(site="0423", name="via Esempio 4", doors={"stairs-3": ["B.03.12"]}))
    heard, told = [], []
    for count, (_, alert) in enumerate(said, 1):
        send(channel, alert)
        heard.append([json.loads(state)["Data"]["State"] for _, state in retained(mosquitto, FORCED)] == [True])
        states = device.states(Story(tuple(item for item, _ in said[:count])))
        told.append(any(dict(data).get("State") for about, data in states.items() if about.topic == FORCED_TOPIC))
    assert heard == told == [False, True, False, True, False, False]


def test_a_visit_under_a_work_order_is_no_state_at_all(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    _, _, opened, entry, closed = (replace(event, order="WO-0147", severity=Severity.INFO) for event in break_in("a"))
    for event in (opened, entry):
        assert send(channel, alert_of(event)).startswith("it changes nothing")
        assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []
    send(channel, alert_of(closed))
    assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []


def test_an_earlier_incident_that_is_heard_late_does_not_overrule_a_later_one(
    mosquitto: Mosquitto, channel: OnvifMqttChannel, engine: Engine
) -> None:
    send(channel, alert_of(break_in("a")[1]))
    later = [
        replace(alert_of(event), data=alert_of(event).data | {"first_detection": "2026-11-18T12:00:00.000Z"})
        for event in break_in("later")
    ]
    send(channel, later[2])
    channel.close()
    # What is noted outlives the process.
    again = made_for(mosquitto, engine)
    ended = alert_of(break_in("a")[4])
    send(again, ended)
    [(_, state)] = retained(mosquitto, FORCED)
    assert json.loads(state)["Data"]["vgz:IncidentId"] == str(incident_id("later"))
    assert send(again, alert_of(break_in("a")[2])).startswith("it changes nothing, or a later incident")
    send(again, later[4])
    assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []
    again.close()


def test_a_test_is_not_retained(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    alert = alert_for_test(VMS, incident=incident_id("t"), at=BEGAN, by="Anna Neri", site="0423")
    with Listener(mosquitto, "VGZ-0423/onvif-ej/#") as city:
        send(channel, alert)
        came = city.next()
    assert came.topic == "VGZ-0423/onvif-ej/Monitoring/vgz:LinkTest/&0423"
    assert (json.loads(came.payload)["Data"]["vgz:Status"], came.retained) == ("Test", False)
    assert retained(mosquitto, "VGZ-0423/onvif-ej/#") == []


def test_states_and_the_city_outlive_the_broker(tmp_path: Path, engine: Engine) -> None:
    _, tampering, opened, _, closed = break_in("a")
    with Mosquitto(tmp_path) as broker:
        channel = made_for(broker, engine)
        with Listener(broker, FORCED, name="city") as city:
            send(channel, alert_of(tampering))
            assert json.loads(city.next().payload)["Data"]["vgz:Kind"] == "tampering"
        broker.stop()
        with pytest.raises(ChannelUnavailable):
            send(channel, alert_of(opened))
        broker.start()
        send(channel, alert_of(opened))
        send(channel, alert_of(closed))
        with Listener(broker, FORCED, name="city") as city:
            heard = [city.next().payload for _ in range(3)]
        assert json.loads(heard[0])["Data"]["vgz:Kind"] == "door_opened"
        assert heard[2] == b""
        channel.close()


def test_what_the_access_list_forbids_is_refused(mosquitto: Mosquitto, engine: Engine) -> None:
    channel = made_for(mosquitto, engine, user="mute")
    with pytest.raises(ChannelRefused, match="0x87"):
        send(channel, alert_of(break_in("a")[1]))
    channel.close()


def test_its_status_is_beside_its_topics(mosquitto: Mosquitto, channel: OnvifMqttChannel) -> None:
    channel.probe()
    with Listener(mosquitto, STATUS) as city:
        assert city.next().payload == b"online"
        channel.close()
        assert city.next().payload == b"offline"
