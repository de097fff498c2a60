"""`vigilanza simulate`: cameras for trying things out, with a script of what happens to them."""

import json
import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commands import Command, wait_until
from tests.videos import video
from tests.watched import PASSWORD, USER, Watched
from vigilanza.capture.camera_event import CameraEvent, EventKind
from vigilanza.capture.discovery import discover
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_events import OnvifEvents
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import parse_target
from vigilanza.clock import SystemClock

SCENE = """
port: 0
cameras:
  - {id: b3, streams: {/main: a.mp4}, count: 2, user: USER, password_env: CAM}
timeline:
  - {at: 2s, camera: b3-1, fault: freeze, for: 2s}
"""


def test_a_scene_plays_cameras_and_breaks_and_mends_them(tmp_path: Path) -> None:
    shutil.copy(video(rate=20, gop=5), tmp_path / "a.mp4")
    (tmp_path / "scene.yaml").write_text(SCENE.replace("USER", USER), "utf-8")
    environ = os.environ | {"CAM": PASSWORD}
    with Command("simulate", "--scene", tmp_path / "scene.yaml", environ=environ, folder=tmp_path) as simulate:
        urls = simulate.printed_when(r"b3-1  (rtsp://\S+)\n.*b3-2  (rtsp://\S+)\n").groups()
        with Watched(None, url=urls[0], camera="b3-1") as broken, Watched(None, url=urls[1], camera="b3-2") as steady:
            broken.wait_for(lambda: broken.said == ["alive", "lost", "alive"])
            broken.wait_for_frames(3)
            steady.wait_for_frames(3)
            assert steady.said == ["alive"]
        assert re.search(r"^ +2\.0 s  b3-1  freeze\n +4\.0 s  b3-1  freeze is over\n", simulate.printed, re.MULTILINE)
        assert simulate.end(number=signal.SIGINT) == 0


ASKED = """
port: 0
onvif_port: 0
discovery_port: 0
cameras:
  - {id: b3, streams: {/main: large.mp4, /sub: small.mp4}, user: USER, password_env: CAM, onvif: true}
timeline:
  - {at: 0s, camera: b3, fault: clock_skew, value: 3000}
  - {at: 1s, camera: b3, fault: motion}
  - {at: 1s, camera: b3, fault: contact, value: IN2, for: 1h}
"""


def test_a_camera_of_a_scene_is_probed_and_read_by_onvif_and_tells_what_it_notices(tmp_path: Path) -> None:
    shutil.copy(video(rate=20, gop=10, size=(640, 360)), tmp_path / "large.mp4")
    shutil.copy(video(rate=20, gop=10), tmp_path / "small.mp4")
    (tmp_path / "scene.yaml").write_text(ASKED.replace("USER", USER), "utf-8")
    environ = os.environ | {"CAM": PASSWORD, "CAMERA_PASSWORD": PASSWORD}
    heard: list[CameraEvent] = []
    with Command("simulate", "--scene", tmp_path / "scene.yaml", environ=environ, folder=tmp_path) as simulate:
        (address,) = simulate.printed_when(r"b3  onvif://(\S+)\n").groups()
        simulate.printed_when(r"b3  contact IN2\n")
        (port,) = simulate.printed_when(r"vigilanza discover --port (\d+)\n").groups()
        (found,) = discover(clock=SystemClock(), interfaces=["lo"], patience=1.0, port=int(port))
        assert (found.target, found.name, found.hardware) == (address, "b3", "SimCam")
        target = parse_target(address)
        with Command("probe", address, "--user", USER, "--json", environ=environ, folder=tmp_path) as probe:
            assert probe.process.wait(60) == 1, "its clock is wrong"
            told = json.loads(probe.printed)
        profiles = {one["token"]: (one["width_px"], one["fps"], one["gop_seconds"]) for one in told["profiles"]}
        assert profiles == {"main": (640, 20.0, 0.5), "sub": (320, 20.0, 0.5)}
        assert abs(told["clock_ahead"] - 3000.0) < 10.0
        clock = SystemClock()
        source = OnvifSource(target=replace(target, profile="sub"), user=USER, password=PASSWORD, clock=clock)
        assert next(source.packets(threading.Event())).format.width_px == 320
        stop = threading.Event()
        client = OnvifClient(target=target, user=USER, password=PASSWORD)
        events = OnvifEvents(client=client, camera="b3", clock=clock, on_event=heard.append)
        listening = threading.Thread(target=events.run, args=(stop,), daemon=True)
        listening.start()
        wait_until("both to be heard", lambda: len(heard) >= 2)
        stop.set()
        listening.join(30)
        assert simulate.end(number=signal.SIGINT) == 0
    assert {(one.kind, one.source, one.active) for one in heard} == {
        (EventKind.MOTION, "vs0", True),
        (EventKind.DIGITAL_INPUT, "in2", True),
    }


def test_streams_given_one_by_one_are_one_camera(tmp_path: Path) -> None:
    streams = [f"/{name}={video(rate=20)}" for name in ("main", "sub")]
    with Command("simulate", "--port=0", *streams, folder=tmp_path) as simulate:
        urls = simulate.printed_when(r"(rtsp://\S+/main)\n(rtsp://\S+/sub)\n").groups()
        for url in urls:
            with Watched(None, url=url) as watched:
                watched.wait_for_frames(3)
        assert simulate.end() == 0


def test_what_cannot_be_simulated_is_told(tmp_path: Path) -> None:
    (tmp_path / "scene.yaml").write_text("cameras: []", "utf-8")
    with Command("simulate", "--scene", tmp_path / "scene.yaml", folder=tmp_path) as simulate:
        assert simulate.process.wait(60) == 78
        assert "cameras: must have at least 1 of them" in simulate.log
    with Command("simulate", folder=tmp_path) as simulate:
        assert simulate.process.wait(60) == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("/cam=clip.mp4", "--sites", "5"), "--sites: does not go without"),
        (("--city", "--port", "99"), "--port: does not"),
    ],
)
def test_an_option_that_means_nothing_here_is_told(tmp_path: Path, arguments: Sequence[str], named: str) -> None:
    with Command("simulate", *arguments, folder=tmp_path) as simulate:
        assert simulate.process.wait(60) == 2
        assert named in simulate.log


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command("simulate", f"--port={port}", f"/main={video()}", folder=tmp_path) as simulate:
            assert simulate.process.wait(60) == 78
            assert f"cannot listen on 127.0.0.1:{port}" in simulate.log
