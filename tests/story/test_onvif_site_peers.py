"""Other makers' ONVIF clients add the site as a VMS would; installed by `make test-peers`, elsewhere skipped."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.onvif_site import PLACE, USER, VIDEO, Running, journal, onvif_site
from tests.peers.installed import HERE, module_of, node, python_of
from tests.samples import break_in
from tests.story.test_onvif_peers import PASSWORD
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_words import FORCED, INPUT
from vigilanza.store.database import open_database

PROFILES = [channel.profile for channel in PLACE.channels]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Running]:
    engine = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    journal(engine).record(break_in("a", count=3))
    brokers = [EventBroker("mqtts://broker.example.org", "VGZ-0423")]
    with onvif_site(engine, video=VIDEO, passwords={USER: PASSWORD}, brokers=brokers) as it:
        yield it
        assert it.figure("vigilanza_onvif_answers_total", status="400") == 0


def told(site: Running, *client: str | Path) -> dict[str, Any]:
    command = [*map(str, client), "127.0.0.1", str(site.device.port), USER]
    environ = os.environ | {"ONVIF_PASSWORD": PASSWORD}
    run = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    assert answer["serial"] == "0423"
    return answer


def test_onvif_python_adds_the_site_with_media2_and_analytics(site: Running) -> None:
    answer = told(site, python_of("onvif-python"), HERE / "onvif_python_site.py")
    assert answer["profiles"] == dict.fromkeys(PROFILES, "H264")
    assert answer["metadata"] == [channel.configuration("MDC") for channel in PLACE.channels]
    assert answer["uri"] == "rtsp://vms-proxy.example/stairs-3"
    assert answer["rules"] == ["sealed-door-B.03.12"]
    assert answer["modules"] == ["doors", "view"]
    assert answer["inputs"] == [door.input for door in PLACE.doors()]
    assert answer["brokers"] == ["VGZ-0423"]
    assert answer["persistent"] is True
    assert answer["messages"] == 22


def test_npm_onvif_adds_the_site_and_hears_the_alarm(site: Running) -> None:
    answer = told(site, node(), HERE / "onvif_node_site.js", module_of("onvif"))
    assert answer["profiles"] == PROFILES
    assert answer["uris"] == ["rtsp://vms-proxy.example/stairs-3", "rtsp://vms-proxy.example/stairs-4"]
    assert {FORCED, INPUT} <= set(answer["topics"])
