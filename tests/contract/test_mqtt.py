"""CloudEvents over MQTT, through a real broker: what is said."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from tests.broker import Listener, Mosquitto
from tests.mqtt import STATUS, TOLD, TOPIC, mqtt_channel
from tests.samples import VMS
from tests.webhook import ALERT
from vigilanza.bridge.mqtt import Mode
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelUnavailable


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


def test_structured_mode_carries_the_whole_event(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel, transcript = mqtt_channel(mosquitto), Transcript()
        receipt = channel.send(TOLD, transcript)
        came = city.next()
        channel.close()
    assert receipt.reference == f"PUBACK 0x00 Success; {TOPIC}"
    assert (came.qos, came.retained) == (1, False)
    assert came.content_type == "application/cloudevents+json; charset=utf-8"
    assert came.expires_in is not None
    assert 0 <= 48 * 3600 - came.expires_in < 60
    event = from_http_event(HTTPMessage({"content-type": "application/cloudevents+json"}, came.payload))
    assert (event.get_id(), event.get_type(), event.get_subject()) == (str(TOLD.id), TOLD.type, str(TOLD.incident))
    assert event.get_data() == TOLD.data
    assert event.get_attributes()["expirytime"] == "2026-11-20T11:06:40.480Z"
    exchange = transcript.exchange(0.1)
    assert exchange.heard == "PUBACK 0x00 Success"
    assert exchange.sent_bytes > len(came.payload)


def test_binary_mode_says_the_same_in_user_properties(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        whole, parts = mqtt_channel(mosquitto), mqtt_channel(mosquitto, mode=Mode.BINARY)
        whole.send(TOLD, Transcript())
        parts.send(TOLD, Transcript())
        structured, binary = city.next(), city.next()
        for channel in (whole, parts):
            channel.close()
    event = json.loads(structured.payload)
    assert binary.content_type == event.pop("datacontenttype") == "application/json"
    assert json.loads(binary.payload) == event.pop("data")
    assert binary.attributes == event
    assert binary.attributes["id"] == str(TOLD.id)


@pytest.mark.parametrize("mode", Mode)
def test_the_same_alert_again_is_the_same_bytes_with_the_same_id(mosquitto: Mosquitto, mode: Mode) -> None:
    transcripts = [Transcript(), Transcript()]
    with Listener(mosquitto, TOPIC) as city:
        channel = mqtt_channel(mosquitto, mode=mode)
        for transcript in transcripts:
            channel.send(TOLD, transcript)
        first, second = city.next(), city.next()
        channel.close()
    assert (first.payload, first.attributes) == (second.payload, second.attributes)
    assert len({transcript.exchange(0.0).sent_sha256 for transcript in transcripts}) == 1


def test_an_alert_without_a_window_does_not_expire(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel = mqtt_channel(mosquitto)
        channel.send(ALERT, Transcript())
        came = city.next()
        channel.close()
    assert came.expires_in is None
    assert "expirytime" not in json.loads(came.payload)


def test_while_nobody_listens_nobody_has_it(mosquitto: Mosquitto) -> None:
    channel = mqtt_channel(mosquitto)
    with pytest.raises(ChannelUnavailable, match="nobody is subscribed"):
        channel.send(TOLD, Transcript())
    with Listener(mosquitto, TOPIC) as city:
        channel.send(TOLD, Transcript())
        assert json.loads(city.next().payload)["id"] == str(TOLD.id)
    channel.close()
    careless = mqtt_channel(mosquitto, require=False)
    assert careless.send(TOLD, Transcript()).reference.startswith("PUBACK 0x10 ")
    careless.close()


def test_it_says_online_when_it_comes_and_offline_when_it_leaves(mosquitto: Mosquitto) -> None:
    channel = mqtt_channel(mosquitto)
    sign = channel.probe()
    assert 0 < sign.seconds < 10
    assert sign.certificate_until is not None
    assert sign.certificate_until > SystemClock().now()
    with Listener(mosquitto, STATUS) as city:
        state = city.next()
        assert (state.payload, state.retained) == (b"online", True)
        channel.close()
        assert city.next().payload == b"offline"
    with Listener(mosquitto, STATUS) as late:
        assert late.next().payload == b"offline"


def test_two_destinations_at_one_broker_do_not_speak_for_each_other(mosquitto: Mosquitto) -> None:
    first = mqtt_channel(mosquitto)
    second = mqtt_channel(mosquitto, destination=replace(VMS, id="region"), client_id="vigilanza-0423-region")
    first.probe()
    second.probe()
    second.close()
    with Listener(mosquitto, "vigilanza/v1/0423/status/region") as city:
        assert city.next().payload == b"offline"
    with Listener(mosquitto, STATUS) as city:
        assert city.next().payload == b"online"
    first.close()


_DIES = """
import os, signal, sys
from tests.mqtt import channel_at
channel_at(url=sys.argv[1], ca_file=sys.argv[2]).probe()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_when_the_process_dies_the_broker_says_offline(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, STATUS) as city:
        arguments = [f"mqtts://localhost:{mosquitto.port}", str(mosquitto.ca_file)]
        died = subprocess.run([sys.executable, "-c", _DIES, *arguments], check=False, timeout=60)
        assert died.returncode == -signal.SIGKILL
        assert city.until(STATUS, b"online")
        assert city.until(STATUS, b"offline")


def test_a_listener_that_was_away_finds_it_all_unless_it_expired(mosquitto: Mosquitto) -> None:
    Listener(mosquitto, TOPIC, name="sleeper").close()
    channel = mqtt_channel(mosquitto)
    brief = replace(ALERT, data={"flagrante_until": "2026-11-18T11:06:41.480Z", "words": "one second"})
    channel.send(brief, Transcript())
    channel.send(TOLD, Transcript())
    # The passing of time is what is tested: the broker counts in whole seconds.
    SystemClock().wait(2.2, threading.Event())
    with Listener(mosquitto, TOPIC, name="sleeper") as city:
        assert json.loads(city.next().payload)["data"] == TOLD.data
    channel.close()
