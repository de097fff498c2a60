"""A name in the configuration leads where no receiver can be: no channel says a word there."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from tests.samples import break_in
from vigilanza.app.channels import CHANNELS, ChannelNeeds
from vigilanza.app.premises import premises
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import ChannelUnavailable
from vigilanza.lab.cap_party import make_party
from vigilanza.store.journal import Journal
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox

CLOCK = SystemClock()
HOST = "receiver.example"
ENVIRON = {"SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
FORBIDDEN = {
    "a cloud's own": "169.254.169.254",
    "this machine": "127.0.0.1",
    "everybody": "224.0.0.1",
    "nobody": "0.0.0.0",
}


def ways(folder: Path, camera: str) -> dict[str, dict[str, Any]]:
    """What each channel wants to know of its receiver."""
    ours = make_party(folder, "ours", at=CLOCK.now())
    files = dict.fromkeys(("signing_certificate_file", "client_certificate_file"), str(ours.file))
    return {
        "webhook": {"url": f"https://{HOST}/alerts", "secret_env": "SECRET"},
        "cap": {
            **{
                "url": f"https://{HOST}/cap",
                "sender": "vigilanza@aler.example.it",
                "addresses": ["co@comune.example.it"],
            },
            **files,
            "peer_certificate_file": str(ours.public_file),
        },
        "dc09": {"receivers": [f"{HOST}:7700"], "account": "04230312"},
        "mqtt": {"url": f"mqtts://{HOST}"},
        "onvif-mqtt": {"url": f"mqtts://{HOST}"},
        "xprotect": {"url": f"http://{HOST}:9090/", "plain_http": True, "cameras": {camera: "10.20.4.23"}},
    }


OUTSIDE = [name for name in CHANNELS if name != "centre"]
"""The servers on the way to the centre are our own, and may well be this machine."""


@pytest.fixture(params=OUTSIDE)
def way(request: pytest.FixtureRequest, sqlite: Engine, tmp_path: Path) -> Iterator[tuple[Channel, Alert]]:
    """The channel as the relay makes it, and an alert that it is to bring."""
    name, events = str(request.param), break_in("a", count=1)
    door = {"id": events[0].door, "role": "sealed", "leaf": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7], [0.4, 0.7]]}
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "address": "via Esempio 4", "municipality": "Milano"},
        "cameras": [{"id": events[0].camera, "source": "rtsp://192.0.2.1/x", "doors": [door]}],
        "units": [{"id": events[0].door, "stair": "B", "floor": "3", "number": "12", "zone": 12}],
        "destinations": [
            {"id": "there", "kind": "municipal_vms", "channel": name, **ways(tmp_path, events[0].camera)[name]}
        ],
    }
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    config = load(path, environ=ENVIRON)
    (endpoint,) = config.destinations
    Journal(engine=sqlite, destinations=[endpoint.destination], clock=CLOCK, site="0423").record(events)
    delivery = Outbox(sqlite).claim("there", CLOCK.now())
    assert delivery is not None
    needs = ChannelNeeds(endpoint, premises(config), Notebook(sqlite, "there"), CLOCK, sqlite)
    channel = CHANNELS[name](needs)
    yield channel, delivery.alert
    channel.close()


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_name_that_leads_where_nobody_can_be_is_told_nothing(
    way: tuple[Channel, Alert], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[object] = []

    def leads(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        assert host == HOST
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def reach(_: socket.socket, *where: object) -> None:
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    for speak in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, speak, reach)
    channel, alert = way
    for attempt in (lambda: channel.send(alert, Transcript()), channel.probe):
        with pytest.raises(ChannelUnavailable, match="leads only to forbidden addresses"):
            attempt()
    assert reached == []
