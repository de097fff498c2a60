"""CloudEvents over MQTT, through a real broker."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from tests.broker import PASSWORD, Listener, Mosquitto, free_port
from tests.samples import VMS
from tests.webhook import ALERT
from vigilanza.bridge.mqtt import Mode, MqttChannel
from vigilanza.bridge.mqtt_line import Broker
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

STATUS = "vigilanza/v1/0423/status"
TOPIC = "vigilanza/v1/0423/detection.raised"
TOLD = replace(ALERT, data={**ALERT.data, "flagrante_until": "2026-11-20T11:06:40.480Z"})


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of the test's own, to be killed."""
    with Mosquitto(tmp_path) as broker:
        yield broker


def made(mosquitto: Mosquitto, *, mode: Mode = Mode.STRUCTURED, require: bool = True, **keys: Any) -> MqttChannel:
    deadline = keys.pop("deadline", 10.0)
    broker = {
        "url": f"mqtts://localhost:{mosquitto.port}",
        "client_id": "vigilanza-0423-vms",
        "user": "vigilanza",
        "password": PASSWORD,
        "ca_file": mosquitto.ca_file,
        "allow_loopback": True,
    }
    return MqttChannel(
        destination=VMS,
        broker=Broker(**{**broker, **keys}),
        mode=mode,
        site="0423",
        clock=SystemClock(),
        require_subscriber=require,
        deadline=deadline,
        resolve=lambda host, port: ["127.0.0.1"],
    )


def test_structured_mode_carries_the_whole_event(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel, transcript = made(mosquitto), Transcript()
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
        whole, parts = made(mosquitto), made(mosquitto, mode=Mode.BINARY)
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
        channel = made(mosquitto, mode=mode)
        for transcript in transcripts:
            channel.send(TOLD, transcript)
        first, second = city.next(), city.next()
        channel.close()
    assert (first.payload, first.attributes) == (second.payload, second.attributes)
    assert len({transcript.exchange(0.0).sent_sha256 for transcript in transcripts}) == 1


def test_an_alert_without_a_window_does_not_expire(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel = made(mosquitto)
        channel.send(ALERT, Transcript())
        came = city.next()
        channel.close()
    assert came.expires_in is None
    assert "expirytime" not in json.loads(came.payload)


def test_while_nobody_listens_nobody_has_it(mosquitto: Mosquitto) -> None:
    channel = made(mosquitto)
    with pytest.raises(ChannelUnavailable, match="nobody is subscribed"):
        channel.send(TOLD, Transcript())
    with Listener(mosquitto, TOPIC) as city:
        channel.send(TOLD, Transcript())
        assert json.loads(city.next().payload)["id"] == str(TOLD.id)
    channel.close()
    careless = made(mosquitto, require=False)
    assert careless.send(TOLD, Transcript()).reference.startswith("PUBACK 0x10 ")
    careless.close()


def test_it_says_online_when_it_comes_and_offline_when_it_leaves(mosquitto: Mosquitto) -> None:
    channel = made(mosquitto)
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


_DIES = """
import os, signal, sys
from tests.contract.test_mqtt import Broker, MqttChannel, Mode, VMS, SystemClock
url, password, ca_file = sys.argv[1:]
broker = Broker(url, "vigilanza-0423-vms", "vigilanza", password, ca_file, allow_loopback=True)
MqttChannel(destination=VMS, broker=broker, mode=Mode.BINARY, site="0423", clock=SystemClock()).probe()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_when_the_process_dies_the_broker_says_offline(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, STATUS) as city:
        arguments = [f"mqtts://localhost:{mosquitto.port}", PASSWORD, str(mosquitto.ca_file)]
        died = subprocess.run([sys.executable, "-c", _DIES, *arguments], check=False, timeout=60)
        assert died.returncode == -signal.SIGKILL
        assert city.until(STATUS, b"online")
        assert city.until(STATUS, b"offline")


def test_known_by_a_certificate_instead_of_a_password(mosquitto: Mosquitto) -> None:
    keys: dict[str, Any] = {"user": None, "password": None, "url": f"mqtts://localhost:{mosquitto.mutual_port}"}
    with Listener(mosquitto, TOPIC) as city:
        channel = made(mosquitto, client_certificate=mosquitto.client_certificate, **keys)
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
        channel.close()
    with pytest.raises(ChannelUnavailable):
        made(mosquitto, **keys).send(TOLD, Transcript())


@pytest.mark.parametrize("keys", [{"password": "wrong"}, {"user": "nobody"}, {"user": None, "password": None}], ids=str)
def test_wrong_credentials_are_refused(mosquitto: Mosquitto, keys: dict[str, Any]) -> None:
    with pytest.raises(ChannelRefused, match="CONNACK 0x87 Not authorized") as raised:
        made(mosquitto, **keys).send(TOLD, Transcript())
    assert PASSWORD not in str(raised.value)


def test_what_the_access_list_forbids_is_refused_and_the_line_stays(mosquitto: Mosquitto) -> None:
    channel, transcript = made(mosquitto, user="mute"), Transcript()
    with pytest.raises(ChannelRefused, match="PUBACK 0x87 Not authorized"):
        channel.send(TOLD, transcript)
    assert "0x87" in transcript.exchange(0.0).heard
    with Listener(mosquitto, STATUS) as city:
        assert city.next().payload == b"online"
        channel.probe()
        assert city.next().payload == b"online", "not offline: it is the same connection"
    channel.close()


def test_a_status_that_is_not_let_through_holds_up_no_alert(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        access = (tmp_path / "access").read_text("utf-8").replace("v1/0423/#", "v1/0423/detection.raised")
        (tmp_path / "access").write_text(access, "utf-8")
        broker.stop()
        broker.start()
        channel = made(broker)
        with Listener(broker, TOPIC) as city:
            channel.send(TOLD, Transcript())
            assert city.next().topic == TOPIC
        with pytest.raises(ChannelRefused, match="status"):
            channel.probe()
        channel.close()


def test_an_alert_too_large_for_the_broker_is_refused(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, extra="max_packet_size 500") as broker:
        channel = made(broker)
        with pytest.raises(ChannelRefused, match="the broker takes 500"):
            channel.send(replace(TOLD, data={"words": "x" * 500}), Transcript())
        channel.probe()
        channel.close()


def test_a_broker_that_takes_no_qos_1_gives_no_receipts(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, plain="max_qos 0") as broker, pytest.raises(ChannelRefused, match="QoS"):
        made(broker, url=f"mqtt://localhost:{broker.plain_port}").send(TOLD, Transcript())


def test_a_broker_without_the_right_certificate_gets_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with Listener(mosquitto, "vigilanza/#") as city:
        with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            made(mosquitto, ca_file=other).send(TOLD, Transcript())
        with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            made(mosquitto, url=f"mqtts://broker.example:{mosquitto.port}").send(TOLD, Transcript())
        channel = made(mosquitto)
        channel.probe()
        channel.close()
        came = city.until(STATUS, b"offline") if city.next().retained else []
    assert TOPIC not in {one.topic for one in came}


def test_without_tls_only_on_purpose(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel = made(mosquitto, url=f"mqtt://localhost:{mosquitto.plain_port}")
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
        assert channel.probe().certificate_until is None
        channel.close()


def test_a_broker_that_is_away_or_elsewhere_is_unavailable(mosquitto: Mosquitto) -> None:
    with pytest.raises(ChannelUnavailable, match="ConnectionRefused"):
        made(mosquitto, url=f"mqtts://localhost:{free_port()}").send(TOLD, Transcript())
    with pytest.raises(ChannelUnavailable, match="forbidden"):
        made(mosquitto, allow_loopback=False).send(TOLD, Transcript())


@pytest.mark.parametrize("scheme", ["mqtt", "mqtts"])
def test_a_peer_that_never_answers_costs_one_deadline(mosquitto: Mosquitto, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://localhost:{silent.getsockname()[1]}"
        clock = SystemClock()
        began = clock.monotonic()
        with pytest.raises(ChannelUnavailable):
            made(mosquitto, url=url, deadline=0.6).send(TOLD, Transcript())
        assert clock.monotonic() - began < 10.0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\x02\x00\x01",  # CONNACK of MQTT 3.1.1: unacceptable protocol version
        b"\x20\x02\x00\x00",  # CONNACK of MQTT 3.1.1: welcome
        b"\x20\x05\x00\x00\x02\x24\x00",  # welcome, but with QoS 0 at most
        b"\x20\x03\x00\x00\x05",  # properties longer than the packet
        b"\x20\x04\x00\x00\x01\x7f",  # no such property
        b"\x20\xff\xff\xff\xff\xff",
        b"\x40\x02\x00\x01",  # PUBACK before CONNACK
        b"\xe0\x02\x8b\x00",  # DISCONNECT: server shutting down
        b"\x00" * 64,
        b"\xff" * 64,
    ],
    ids=lambda answer: answer[:6].hex(),
)
def test_what_is_not_mqtt_5_is_never_a_receipt(mosquitto: Mosquitto, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as peer:

        def speak() -> None:
            line, _ = peer.accept()
            with line, suppress(ConnectionResetError):
                line.recv(4096)
                line.sendall(answer)
                line.recv(4096)

        thread = threading.Thread(target=speak)
        thread.start()
        channel = made(mosquitto, url=f"mqtt://localhost:{peer.getsockname()[1]}", deadline=0.5)
        with pytest.raises((ChannelUnavailable, ChannelRefused)):
            channel.send(TOLD, Transcript())
        channel.close()
        thread.join(10)
        assert not thread.is_alive()


def test_a_broker_that_restarts_gets_the_next_alert_over_a_new_connection(mortal: Mosquitto) -> None:
    channel = made(mortal)
    with Listener(mortal, TOPIC, name="city") as city:
        channel.send(TOLD, Transcript())
        city.next()
        mortal.stop()
        with pytest.raises(ChannelUnavailable):
            channel.send(TOLD, Transcript())
        mortal.start()
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
    channel.close()


def test_a_broker_that_hangs_is_unavailable_and_heard_again_afterwards(mortal: Mosquitto) -> None:
    channel = made(mortal, deadline=1.0)
    with Listener(mortal, TOPIC) as city:
        channel.send(TOLD, Transcript())
        city.next()
        mortal.stop(signal.SIGSTOP)
        with pytest.raises(ChannelUnavailable, match="no PUBACK in time"):
            channel.send(TOLD, Transcript())
        mortal.resume()
        made(mortal).send(TOLD, Transcript())
        assert city.next().topic == TOPIC
    channel.close()


def test_a_listener_that_was_away_finds_it_all_unless_it_expired(mosquitto: Mosquitto) -> None:
    Listener(mosquitto, TOPIC, name="sleeper").close()
    channel = made(mosquitto)
    brief = replace(ALERT, data={"flagrante_until": "2026-11-18T11:06:41.480Z", "words": "one second"})
    channel.send(brief, Transcript())
    channel.send(TOLD, Transcript())
    # The passing of time is what is tested: the broker counts in whole seconds.
    SystemClock().wait(2.2, threading.Event())
    with Listener(mosquitto, TOPIC, name="sleeper") as city:
        assert json.loads(city.next().payload)["data"] == TOLD.data
    channel.close()
