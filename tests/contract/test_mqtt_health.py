"""What a broker's listeners hear of us besides `online`: whether anybody watches, and what is owed."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from structlog.testing import capture_logs

from tests.broker import PASSWORD, Listener, Mosquitto
from tests.commands import wait_until
from tests.samples import break_in
from vigilanza.app.channels import CHANNELS, ChannelNeeds
from vigilanza.app.figures import STALE_S
from vigilanza.app.premises import premises
from vigilanza.app.relay import relay
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.lookout import PROBE_SECONDS
from vigilanza.clock import SystemClock
from vigilanza.config import Config, load
from vigilanza.lab.asyncapi import asyncapi
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox

TOPICS = {"mqtt": "vigilanza/v1/0423/status/city", "onvif-mqtt": "VGZ-0423/status/city"}
DESCRIBED = asyncapi()["channels"]["mqtt.health"]


class LeapingClock(SystemClock):
    """Goes ahead when told."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


def configured(folder: Path, mosquitto: Mosquitto, channel: str) -> Config:
    city = {
        **{"id": "city", "kind": "municipal_vms", "channel": channel, "url": f"mqtts://localhost:{mosquitto.port}"},
        **{"ca_file": str(mosquitto.ca_file), "user": "vigilanza", "password_env": "BROKER_PASSWORD"},
        "allow_loopback": True,
    }
    document = {
        "site": {"id": "0423", "name": "via Esempio 4"},
        "cameras": [{"id": "stairs-3", "source": "rtsp://127.0.0.1:9/none"}],
        "destinations": [city],
        "storage": {"database": f"sqlite:///{folder}/vigilanza.db", "state": str(folder / "state")},
    }
    path = folder / "vigilanza.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return load(path, environ={"BROKER_PASSWORD": PASSWORD})


def opened(config: Config, *silent: str) -> Channel:
    [endpoint] = config.destinations
    engine = open_database(config.storage.database)
    notebook = Notebook(engine, endpoint.destination.id)
    needs = ChannelNeeds(endpoint, premises(config), notebook, SystemClock(), engine, silent=lambda: silent)
    return CHANNELS[endpoint.channel](needs)


def health(payload: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(payload)
    Draft202012Validator(DESCRIBED["messages"]["health"]["payload"]).validate(told)
    return told


@pytest.mark.parametrize("channel", TOPICS)
def test_the_broker_has_how_the_box_and_the_line_stand(tmp_path: Path, mosquitto: Mosquitto, channel: str) -> None:
    config = configured(tmp_path, mosquitto, channel)
    engine, clock = open_database(config.storage.database), SystemClock()
    calm = opened(config)
    calm.probe()
    topic = f"{TOPICS[channel]}/health"
    with Listener(mosquitto, topic) as city:
        came = city.next()
        assert (came.topic, came.retained, came.qos, came.content_type) == (topic, True, 1, "application/json")
        told = health(came.payload)
        assert abs(clock.now() - datetime.fromisoformat(told["at"]).timestamp()) < 60.0
        assert {key: value for key, value in told.items() if key != "at"} == {
            **{"status": "ok", "silent": [], "owed": 0, "waiting_for_person": 0, "oldest_queued": None}
        }
        destinations = [endpoint.destination for endpoint in config.destinations]
        Journal(engine=engine, destinations=destinations, clock=clock, site="0423").record(break_in("a", count=3))
        delivery = Outbox(engine).claim("city", clock.now())
        assert delivery is not None
        Outbox(engine).refuse(delivery, "no", now=clock.now())
        calm.close()
        anxious = opened(config, "watch")
        anxious.probe()
        told = health(city.next().payload)
        assert (told["status"], told["silent"]) == ("degraded", ["watch"])
        assert (told["owed"], told["waiting_for_person"]) == (3, 1)
        assert told["oldest_queued"] is not None
        anxious.close()


def test_a_watch_that_is_silent_is_told_by_the_relay(tmp_path: Path, mosquitto: Mosquitto) -> None:
    config, clock, stop = configured(tmp_path, mosquitto, "mqtt"), LeapingClock(), threading.Event()
    lines = Lines(open_database(config.storage.database))
    with Listener(mosquitto, f"{TOPICS['mqtt']}/health") as city:
        part = threading.Thread(target=relay, args=(config,), kwargs={"clock": clock, "stop": stop}, daemon=True)
        part.start()
        try:
            came = city.next()
            while came.retained:  # what others left
                came = city.next()
            assert health(came.payload)["status"] == "ok"
            wait_until("the relay to have ended its first probe", lines.all)
            clock.ahead = STALE_S + PROBE_SECONDS
            told = health(city.next().payload)
            assert told["status"] == "degraded"
            assert "watch" in told["silent"]
        finally:
            stop.set()
            part.join(30)
        assert not part.is_alive()


def test_a_health_that_is_not_let_through_is_warned_of_once_and_the_line_works(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        access = (tmp_path / "access").read_text("utf-8").replace("v1/0423/#", "v1/0423/status/city")
        (tmp_path / "access").write_text(access, "utf-8")
        broker.stop()
        broker.start()
        channel = opened(configured(tmp_path, broker, "mqtt"))
        with capture_logs() as logs:
            for _ in range(2):
                assert channel.probe().seconds > 0
        assert [line["destination"] for line in logs if line["log_level"] == "warning"] == ["city"]
        channel.close()
