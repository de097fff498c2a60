"""Where the site is found and where not: other networks, networks that come later, a port that is taken.

Apart from test_onvif_site_found.py, whose two machines would have the same addresses.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import Command, wait_until
from tests.onvif_announced import SERVICE_PORT, announcer, free_port, running
from tests.onvif_site import envelope
from tests.peers.namespace import OURS, THEIRS
from tests.story.test_onvif_site_found import ENVIRONMENT, PORT, configured, ours, searched, two_machines
from vigilanza.capture.discovery import discover
from vigilanza.clock import SystemClock


class FastClock(SystemClock):
    """Half a minute is over in a third of a second."""

    def monotonic(self) -> float:
        return super().monotonic() * 90.0


@pytest.mark.parametrize(
    "changes", [{"discoverable": False, "port": 0}, {"host": "127.0.0.1", "port": 0}], ids=["told not to", "not here"]
)
def test_it_is_found_only_where_it_shall_be(tmp_path: Path, changes: dict[str, Any]) -> None:
    config = configured(tmp_path, **changes)
    with two_machines() as network, Command("relay", "--config", config, environ=ENVIRONMENT, folder=tmp_path) as relay:
        relay.said("ONVIF device can be found" if changes.get("host") else "ONVIF device is up")
        assert not searched(network, tmp_path, *ours("--host", OURS))


def test_networks_come_and_go(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with running(announcer(port, host="0.0.0.0", clock=FastClock())):
        for _ in range(2):
            with two_machines() as network:
                wanted = partial(discover, clock=SystemClock(), interfaces=[network.interface], patience=0.3, port=port)
                (found,) = wait_until("the new network to be heard", wanted)
                assert found.xaddr == f"https://{OURS}:{SERVICE_PORT}/onvif/device_service"
            wait_until(
                "it to be forgotten", lambda: f"is gone address={OURS}" in " ".join(capsys.readouterr().out.split())
            )


HOLDER = """
import signal, socket

line = socket.socket(type=socket.SOCK_DGRAM)
line.bind(("", 3702))
print("held", flush=True)
signal.pause()
"""


def test_a_port_that_is_taken_keeps_no_device_from_working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONVIF_VMS_PASSWORD", "CAMERA_PASSWORD"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    config = configured(tmp_path, host=THEIRS)
    (tmp_path / "holder").mkdir()
    with two_machines() as network:
        network.start([sys.executable, "-c", HOLDER], folder=tmp_path / "holder")
        wait_until("the port to be taken", lambda: (tmp_path / "holder" / "output").read_bytes())
        network.start([sys.executable, "-m", "vigilanza", "relay", "--config", config], folder=tmp_path)

        def said() -> bool:
            return "cannot be found by WS-Discovery" in (tmp_path / "output").read_text("utf-8")

        wait_until("the warning", said)
        question = envelope("<tds:GetSystemDateAndTime/>")
        answer = httpx.post(f"http://{THEIRS}:{PORT}/onvif/device_service", content=question, trust_env=False)
        assert answer.status_code == 200
