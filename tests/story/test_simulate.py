"""`vigilanza simulate`: cameras for trying things out, with a script of what happens to them."""

import os
import re
import shutil
import signal
import socket
from pathlib import Path

from tests.commands import Command
from tests.videos import video
from tests.watched import PASSWORD, USER, Watched

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


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command("simulate", f"--port={port}", f"/main={video()}", folder=tmp_path) as simulate:
            assert simulate.process.wait(60) == 78
            assert f"cannot listen on 127.0.0.1:{port}" in simulate.log
