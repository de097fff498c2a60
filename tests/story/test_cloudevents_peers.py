"""The CloudEvents SDK of npm reads what our webhook and both modes of MQTT send; installed by `make test-peers`."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.broker import Listener, Mosquitto
from tests.mqtt import TOLD, TOPIC, mqtt_channel
from tests.peers.installed import HERE, module_of, node
from tests.webhook import SECRET, channel
from vigilanza.bridge.mqtt import Mode
from vigilanza.bridge.transcript import Transcript
from vigilanza.lab.city import StubCity


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as broker:
        yield broker


def read(*messages: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    command = [node(), str(HERE / "cloudevents_node.js"), str(module_of("cloudevents"))]
    return subprocess.run(command, input=json.dumps(messages), capture_output=True, text=True, timeout=60, check=False)


def by_broker(mosquitto: Mosquitto, mode: Mode) -> dict[str, Any]:
    sender = mqtt_channel(mosquitto, mode=mode)
    with Listener(mosquitto, TOPIC) as city:
        sender.send(TOLD, Transcript())
        came = city.next()
    sender.close()
    body: Any = came.payload.decode() if mode is Mode.STRUCTURED else json.loads(came.payload)
    said = {"PUBLISH": {"Content Type": came.content_type}, "headers": came.attributes, "body": body}
    return {"binding": "MQTT", "message": said}


def by_webhook(folder: Path) -> dict[str, Any]:
    with StubCity(directory=folder / "city", secret=SECRET) as city:
        channel(city).send(TOLD, Transcript())
        [arrived] = city.received
    return {"binding": "HTTP", "message": {"headers": arrived.headers, "body": json.dumps(arrived.event)}}


def test_all_three_are_the_same_event(mosquitto: Mosquitto, tmp_path: Path) -> None:
    run = read(by_webhook(tmp_path), *(by_broker(mosquitto, mode) for mode in Mode))
    assert run.returncode == 0, run.stderr
    webhook, *mqtt = json.loads(run.stdout)
    # The SDK writes times its own way, and takes datacontenttype from user properties only.
    told = {key: value for key, value in webhook.items() if key not in ("time", "datacontenttype")}
    assert (told["id"], told["data"], webhook["datacontenttype"]) == (str(TOLD.id), TOLD.data, "application/json")
    for event in mqtt:
        assert {key: event[key] for key in told} == told
    assert [event["expirytime"] for event in mqtt] == [TOLD.data["flagrante_until"]] * 2


def test_an_event_without_its_type_is_none(tmp_path: Path) -> None:
    message = by_webhook(tmp_path)
    message["message"]["body"] = json.dumps({**json.loads(message["message"]["body"]), "type": ""})
    assert read(message).returncode != 0
