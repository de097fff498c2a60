"""The ONVIF device as the configuration asks for it."""

import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry

from tests.broker import free_port
from tests.commands import wait_until
from tests.onvif_site import PASSWORD, USER, Client, Running
from vigilanza.app.onvif_device import open_onvif_device
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.store.database import open_database

DOCUMENT: dict[str, Any] = {
    "site": {"id": "0423", "name": "via Esempio 4"},
    "cameras": [{"id": "stairs-3", "source": "rtsp://127.0.0.1:9/none"}],
    "destinations": [
        {"id": "broker", "kind": "municipal_vms", "channel": "onvif-mqtt", "url": "mqtts://broker.example.org"},
        {"id": "events", "kind": "municipal_vms", "channel": "mqtt", "url": "mqtts://events.example.org"},
    ],
}
DEVICE = {
    "host": "127.0.0.1",
    "plain_http": True,
    "accounts": [{"name": USER, "password_env": "VMS_PASSWORD"}],
}


def test_it_tells_of_the_brokers_that_hear_onvif_and_of_no_other(tmp_path: Path) -> None:
    path, port = tmp_path / "vigilanza.yaml", free_port()
    path.write_text(yaml.safe_dump(DOCUMENT | {"onvif_device": DEVICE | {"port": port}}), "utf-8")
    config = load(path, environ={"VMS_PASSWORD": PASSWORD})
    assert config.onvif_device is not None
    engine, registry = open_database(f"sqlite:///{tmp_path}/vigilanza.db"), CollectorRegistry()
    device = open_onvif_device(config, config.onvif_device, engine, SystemClock(), registry).device
    stop = threading.Event()
    thread = threading.Thread(target=device.run, args=(stop,))
    thread.start()
    try:
        with ExitStack() as ending:
            client = Client(Running(device, registry, ending))
            wait_until("the device to answer", lambda: answers(port))
            said = client.simple("tev:GetEventBrokers")
            assert said.texts("Address") == ["mqtts://broker.example.org"]
            assert said.texts("TopicPrefix") == ["VGZ-0423"]
    finally:
        stop.set()
        thread.join(20)


def answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
