"""Other makers' ONVIF programs meet ours: their clients our simulated camera, their camera our client.

They are installed by `make test-peers`, which also runs this; elsewhere it is skipped.
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ENVIRON, VIDEOS, Command, wait_until
from tests.onvif import MAIN, SUB, USER
from tests.peers.installed import HERE, module_of, need_namespaces, node, python_of
from tests.peers.namespace import OURS, THEIRS, Namespace
from vigilanza.capture.description import Encoder
from vigilanza.capture.discovery import discover
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.clock import SystemClock
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer

CLOCK = SystemClock()
PASSWORD = "plain-ascii"
"""npm's onvif signs others wrongly."""
ONVIF_PORT = 8080


@pytest.fixture
def one() -> Iterator[OnvifCamera]:
    with OnvifCamera((MAIN, SUB), user=USER, password=PASSWORD) as it:
        it.events.raise_event("VideoSource/MotionAlarm", True)
        yield it
        assert not it.security.refusals


def told(one: OnvifCamera, *client: str | Path) -> dict[str, Any]:
    command = [*map(str, client), "127.0.0.1", str(one.port), USER]
    environ = os.environ | {"ONVIF_PASSWORD": PASSWORD}
    run = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    assert answer["model"] == "SimCam"
    assert answer["widths"] == {"Profile_1": 1280, "Profile_2": 640}
    assert answer["uris"] == {"Profile_1": MAIN.uri, "Profile_2": SUB.uri}
    return answer


def test_onvif_python_accepts_our_camera(one: OnvifCamera) -> None:
    python = python_of("onvif-python")
    answer = told(one, python, HERE / "onvif_python.py")
    assert answer["codecs"] == {"Profile_1": "H264", "Profile_2": "H264"}
    assert answer["gops"] == {"Profile_1": 30, "Profile_2": 20}
    assert answer["states"] == [True]
    assert {"tev:PullMessages", "wsnt:Renew", "wsnt:Unsubscribe"} <= set(one.requests)


def test_npm_onvif_accepts_our_camera_whose_clock_is_off(one: OnvifCamera) -> None:
    one.faults.clock_ahead = 3000.0
    answer = told(one, node(), HERE / "onvif_node.js", module_of("onvif"))
    assert answer["topics"] == ["tns1:VideoSource/MotionAlarm"]
    assert {"tev:PullMessages", "wsnt:Unsubscribe"} <= set(one.requests)


@pytest.fixture
def network() -> Iterator[Namespace]:
    need_namespaces()
    with Namespace() as it:
        yield it


@pytest.fixture
def ipycam(network: Namespace, tmp_path: Path) -> Namespace:
    """ipycam, a camera in Python by somebody else, on the other machine; it answers when this begins."""
    python = python_of("ipycam")
    settings = {
        **{"name": "Landing 3", "local_ip": THEIRS, "onvif_port": ONVIF_PORT, "hw_accel": "cpu"},
        **{"username": USER, "password": PASSWORD},
        **{"main_width": 1280, "main_height": 720, "main_fps": 10, "main_bitrate": "2M"},
        **{"sub_width": 640, "sub_height": 360, "sub_fps": 10, "sub_bitrate": "512K"},
    }
    (tmp_path / "camera.json").write_text(json.dumps(settings), "utf-8")
    film = VIDEOS / "dev_neg_bag_left_at_sealed_door.mp4"
    command: list[str | Path] = [python, "-m", "ipycam", "--config", tmp_path / "camera.json", "--source", film]
    network.start(command, folder=tmp_path)
    wait_until("ipycam to answer", lambda: discover(clock=CLOCK, hosts=[THEIRS], interfaces=(), patience=0.5))
    return network


def test_a_camera_by_somebody_else_is_found_probed_and_read(ipycam: Namespace, tmp_path: Path) -> None:
    (seen,) = discover(clock=CLOCK, interfaces=[ipycam.interface], patience=2.0)
    assert (seen.target, seen.name) == (f"{THEIRS}:{ONVIF_PORT}", "Landing 3")
    client = OnvifClient(target=OnvifTarget(THEIRS, ONVIF_PORT, "main"), user=USER, password=PASSWORD)
    described = client.describe()
    assert (described.device.manufacturer, described.has_events) == ("PythonCam", False)
    assert [profile.encoder for profile in described.profiles] == [
        Encoder("H.264", 1280, 720, 10.0, 2000, None),
        Encoder("H.264", 640, 360, 10.0, 512, None),
    ]
    assert abs(described.clock_ahead or 99.0) < 5.0
    target = OnvifTarget(THEIRS, ONVIF_PORT, "sub")
    source = OnvifSource(target=target, user=USER, password=PASSWORD, clock=CLOCK)
    packet = next(source.packets(threading.Event()))
    assert (packet.format.codec, packet.format.width_px, packet.is_keyframe) == ("h264", 640, True)
    environ = ENVIRON | {"CAMERA_PASSWORD": PASSWORD}
    for arguments in (
        ("discover", "--subnet", f"{THEIRS}/30", "--wait", "2"),
        ("probe", f"{THEIRS}:{ONVIF_PORT}", "--user", USER, "--measure", "3"),
    ):
        with Command(*arguments, environ=environ, folder=tmp_path) as command:
            assert command.process.wait(60) == 0
            print(command.printed)
    with Command("probe", f"{THEIRS}:{ONVIF_PORT}", "--user", "root", environ=environ, folder=tmp_path) as command:
        assert command.process.wait(60) == 77


def test_our_camera_is_found_by_npm_onvif_across_the_network(network: Namespace, tmp_path: Path) -> None:
    xaddr = f"http://{OURS}:8899/onvif/device_service"
    with DiscoveryAnswerer(Announced("Scala B", "Sim", lambda: [xaddr]), host=OURS) as answerer:
        probe = network.start([node(), HERE / "onvif_discovery.js", module_of("onvif"), "eth0"], folder=tmp_path)
        assert probe.wait(60) == 0
        assert json.loads((tmp_path / "output").read_text("utf-8")) == [xaddr]
        assert answerer.probes == 1
