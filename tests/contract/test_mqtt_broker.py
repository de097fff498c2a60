"""CloudEvents over MQTT: who is let in, who is trusted, and what a broker may do wrong."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.broker import PASSWORD, Listener, Mosquitto, free_port
from tests.mqtt import STATUS, TOLD, TOPIC, mqtt_channel
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of the test's own, to be killed."""
    with Mosquitto(tmp_path) as broker:
        yield broker


def test_known_by_a_certificate_instead_of_a_password(mosquitto: Mosquitto) -> None:
    keys: dict[str, Any] = {"user": None, "password": None, "url": f"mqtts://localhost:{mosquitto.mutual_port}"}
    with Listener(mosquitto, TOPIC) as city:
        channel = mqtt_channel(mosquitto, client_certificate=mosquitto.client_certificate, **keys)
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
        channel.close()
    with pytest.raises(ChannelUnavailable):
        mqtt_channel(mosquitto, **keys).send(TOLD, Transcript())


@pytest.mark.parametrize("keys", [{"password": "wrong"}, {"user": "nobody"}, {"user": None, "password": None}], ids=str)
def test_wrong_credentials_are_refused(mosquitto: Mosquitto, keys: dict[str, Any]) -> None:
    with pytest.raises(ChannelRefused, match="CONNACK 0x87 Not authorized") as raised:
        mqtt_channel(mosquitto, **keys).send(TOLD, Transcript())
    assert PASSWORD not in str(raised.value)


def test_what_the_access_list_forbids_is_refused_and_the_line_stays(mosquitto: Mosquitto) -> None:
    channel, transcript = mqtt_channel(mosquitto, user="mute"), Transcript()
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
        channel = mqtt_channel(broker)
        with Listener(broker, TOPIC) as city:
            channel.send(TOLD, Transcript())
            assert city.next().topic == TOPIC
        with pytest.raises(ChannelRefused, match="status"):
            channel.probe()
        channel.close()


def test_an_alert_too_large_for_the_broker_is_refused(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, extra="max_packet_size 500") as broker:
        channel = mqtt_channel(broker)
        with pytest.raises(ChannelRefused, match="the broker takes 500"):
            channel.send(replace(TOLD, data={"words": "x" * 500}), Transcript())
        channel.probe()
        channel.close()


def test_a_broker_that_takes_no_qos_1_gives_no_receipts(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, plain="max_qos 0") as broker, pytest.raises(ChannelRefused, match="QoS"):
        mqtt_channel(broker, url=f"mqtt://localhost:{broker.plain_port}").send(TOLD, Transcript())


def test_a_broker_without_the_right_certificate_gets_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with Listener(mosquitto, "vigilanza/#") as city:
        with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            mqtt_channel(mosquitto, ca_file=other).send(TOLD, Transcript())
        with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            mqtt_channel(mosquitto, url=f"mqtts://broker.example:{mosquitto.port}").send(TOLD, Transcript())
        channel = mqtt_channel(mosquitto)
        channel.probe()
        channel.close()
        came = [city.next()]
        while came[-1].retained or came[-1].payload != b"online":
            came.append(city.next())
    assert {one.topic for one in came} == {STATUS}


def test_without_tls_only_on_purpose(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto, TOPIC) as city:
        channel = mqtt_channel(mosquitto, url=f"mqtt://localhost:{mosquitto.plain_port}")
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
        assert channel.probe().certificate_until is None
        channel.close()


def test_a_broker_that_is_away_or_elsewhere_is_unavailable(mosquitto: Mosquitto) -> None:
    with pytest.raises(ChannelUnavailable, match="ConnectionRefused"):
        mqtt_channel(mosquitto, url=f"mqtts://localhost:{free_port()}").send(TOLD, Transcript())
    with pytest.raises(ChannelUnavailable, match="forbidden"):
        mqtt_channel(mosquitto, allow_loopback=False).send(TOLD, Transcript())


@pytest.mark.parametrize("scheme", ["mqtt", "mqtts"])
def test_a_peer_that_never_answers_costs_one_deadline(mosquitto: Mosquitto, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://localhost:{silent.getsockname()[1]}"
        clock = SystemClock()
        began = clock.monotonic()
        with pytest.raises(ChannelUnavailable):
            mqtt_channel(mosquitto, url=url, deadline=0.6).send(TOLD, Transcript())
        assert clock.monotonic() - began < 10.0


@contextmanager
def peer(answer: bytes) -> Iterator[str]:
    """Somebody who answers the first packet so, whatever it was; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            line, _ = server.accept()
            with line, suppress(ConnectionResetError):
                line.recv(4096)
                line.sendall(answer)
                line.recv(4096)

        thread = threading.Thread(target=speak)
        thread.start()
        yield f"mqtt://localhost:{server.getsockname()[1]}"
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\x02\x00\x01",  # CONNACK of MQTT 3.1.1: unacceptable protocol version
        b"\x20\x02\x00\x00",  # CONNACK of MQTT 3.1.1: welcome
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
    with peer(answer) as url:
        channel = mqtt_channel(mosquitto, url=url, deadline=0.5)
        with pytest.raises((ChannelUnavailable, ChannelRefused)):
            channel.send(TOLD, Transcript())
        channel.close()


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (b"\x20\x05\x00\x00\x02\x24\x00", ChannelRefused, "takes no QoS 1"),
        (b"\x20\x03\x00\x84\x00", ChannelRefused, "0x84 Unsupported protocol version"),
        (b"\x20\x03\x00\x9a\x00", ChannelRefused, "0x9A Retain not supported"),
        (b"\x20\x03\x00\x97\x00", ChannelUnavailable, "0x97 Quota exceeded"),
        (b"\x20\x03\x00\x80\x00", ChannelUnavailable, "0x80 Unspecified error"),
        (b"\x20\x03\x00\x89\x00", ChannelUnavailable, "0x89 Server busy"),
        (b"\x20\x03\x00\x00\x00\xe0\x01\x95", ChannelRefused, "0x95 Packet too large"),
        (b"\x20\x03\x00\x00\x00\xe0\x01\x8b", ChannelUnavailable, "0x8B Server shutting down"),
        (b"\x20\x03\x00\x00\x00\x40\x04\x00\x01\x97\x00", ChannelUnavailable, "PUBACK 0x97 Quota exceeded"),
    ],
    ids=str,
)
def test_what_each_reason_means(mosquitto: Mosquitto, answer: bytes, error: type[Exception], told: str) -> None:
    with peer(answer) as url:
        channel = mqtt_channel(mosquitto, url=url, deadline=5.0)
        with pytest.raises((ChannelUnavailable, ChannelRefused), match=told) as raised:
            channel.send(TOLD, Transcript())
        assert type(raised.value) is error
        channel.close()


def test_a_broker_that_restarted_while_nothing_was_sent_costs_no_attempt(mortal: Mosquitto) -> None:
    channel = mqtt_channel(mortal)
    channel.probe()
    mortal.stop()
    mortal.start()
    with Listener(mortal, TOPIC) as city:
        channel.send(TOLD, Transcript())
        assert city.next().topic == TOPIC
    channel.close()


def test_a_broker_that_restarts_gets_the_next_alert_over_a_new_connection(mortal: Mosquitto) -> None:
    channel = mqtt_channel(mortal)
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
    channel = mqtt_channel(mortal, deadline=1.0)
    with Listener(mortal, TOPIC) as city:
        channel.send(TOLD, Transcript())
        city.next()
        mortal.stop(signal.SIGSTOP)
        with pytest.raises(ChannelUnavailable, match="no PUBACK in time"):
            channel.send(TOLD, Transcript())
        mortal.resume()
        mqtt_channel(mortal).send(TOLD, Transcript())
        assert city.next().topic == TOPIC
    channel.close()
