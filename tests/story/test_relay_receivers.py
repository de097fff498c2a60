"""`vigilanza relay` and `vigilanza bridge test` with an alarm centre that others wrote and an Event Server."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.dc09 import ACCOUNT, KEY, peer
from vigilanza.bridge.xprotect_event import TEST
from vigilanza.lab.event_server import EventServer

CLIP = "dev_neg_timer_light_on_off"
KEYS = ENVIRON | {"ARC_KEY": KEY.hex()}


def configured(folder: Path, ports: Sequence[int], url: str) -> Path:
    """One site that owes an alarm centre and an Event Server."""
    path = configuration(folder, CLIP)
    document = yaml.safe_load(path.read_text("utf-8"))
    sealed = [door["id"] for door in document["cameras"][0]["doors"] if door["role"] == "sealed"]
    document["units"] = [{"id": door, "zone": number} for number, door in enumerate(sealed, start=1)]
    document["destinations"] = [
        {
            "id": "arc",
            "kind": "control_room",
            "channel": "dc09",
            "receivers": [f"127.0.0.1:{port}" for port in ports],
            "account": ACCOUNT,
            "key_env": "ARC_KEY",
            "allow_loopback": True,
        },
        {
            "id": "vms",
            "kind": "municipal_vms",
            "channel": "xprotect",
            "url": url,
            "plain_http": True,
            "cameras": {"cam": "10.20.4.23"},
            "allow_loopback": True,
        },
    ]
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def tried(folder: Path, config: Path, destination: str) -> str:
    """What a test of the line printed."""
    arguments = ("bridge", "test", destination, "--by", "Ivo", "--config", config)
    with Command(*arguments, environ=KEYS, folder=folder) as command:
        assert command.process.wait(60) == 0
        return command.printed


def test_both_take_a_marked_test(tmp_path: Path) -> None:
    server = EventServer(defined=[TEST])
    with peer(key=KEY) as centre, server:
        config = configured(tmp_path, [centre.port], server.url)
        with Command("relay", "--config", config, environ=KEYS, folder=tmp_path):
            assert f"ACK 0001 from 127.0.0.1:{centre.port}" in tried(tmp_path, config, "arc")
            assert "200 OK" in tried(tmp_path, config, "vms")
        told = wait_until("the test", lambda: [one for one in centre.events(1) if one.code == "RX"])
        assert [(one.message, one.sequence, one.encrypted) for one in told] == [("0^PROVA 0423^", "0001", True)]
        assert [event.name for event in server.received] == [TEST]
