"""`vigilanza video` beside `vigilanza watch`: what a VMS sees of the cameras, and what is written down about it."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
import yaml
from av.container import InputContainer
from prometheus_client.parser import text_string_to_metric_families

from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, Command, children_of, configuration, wait_until
from tests.live import RIGHT_HALF
from tests.videos import video
from vigilanza.lab.simcam import CameraServer

ACCOUNT, PASSWORD = "vms", "seven wide rivers"
FILMS = {"plain": video(), "masked": video(size=(640, 360), frames=80), "modern": video("hevc")}


@pytest.fixture(scope="module")
def cameras() -> Iterator[CameraServer]:
    films = {f"/{name}": film for name, film in FILMS.items()}
    with CameraServer(films, user=USER, password=CAMERA_PASSWORD) as server:
        yield server


def configured(folder: Path, server: CameraServer) -> Path:
    """Three cameras, two of them in one process; the guest may watch one of them."""
    path = configuration(folder, "dev_pos_two_fast_kick")
    document = yaml.safe_load(path.read_text("utf-8"))
    one: dict[str, Any] = document["cameras"][0]
    document["cameras"] = [one | {"id": name, "source": server.url(f"/{name}"), "doors": []} for name in FILMS]
    document["cameras"][1]["masks"] = [RIGHT_HALF]
    document["capture"] = {"cameras_per_process": 2}
    known: dict[str, Any] = {"name": ACCOUNT, "password_env": "SEEN"}
    accounts = [known, known | {"name": "guest", "cameras": ["plain"]}]
    document["video"] = {"port": 0, "plain_rtsp": True, "accounts": accounts}
    path.write_text(json.dumps(document), "utf-8")
    return path


class Box:
    """A box that runs."""

    def __init__(self, run: Command, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.port = int(run.said(r"video is up\s+port=(\d+)")[1])
        for name in FILMS:
            run.said(rf"camera alive\s+camera={name}")

    def url(self, camera: str, *, account: str = ACCOUNT) -> str:
        return f"rtsp://{account}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{camera}"

    def figure(self, name: str, camera: str) -> float | None:
        """As the part last kept it."""
        path = self.folder / "state" / "video.prom"
        for family in text_string_to_metric_families(path.read_text("utf-8") if path.exists() else ""):
            for sample in family.samples:
                if sample.name == name and sample.labels == {"camera": camera}:
                    return sample.value
        return None

    def audit(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """Who did what to what."""
        with closing(sqlite3.connect(self.folder / "vigilanza.db")) as connection:
            rows = connection.execute("SELECT who, action, subject, detail FROM audit ORDER BY number").fetchall()
        return [(who, action, subject, json.loads(detail)) for who, action, subject, detail in rows]


@pytest.fixture(scope="module")
def box(cameras: CameraServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    path = configured(folder, cameras)
    with Command("run", "--config", path, environ=ENVIRON | {"SEEN": PASSWORD}, folder=folder) as run:
        yield Box(run, folder)
        assert run.end() == 0


def streams(url: str) -> list[dict[str, Any]]:
    """As ffprobe sees them."""
    command = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-of", "json", "-show_streams", url]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return list(json.loads(found.stdout or "{}").get("streams", []))


def test_ffprobe_sees_the_cameras_own_codec_and_size_and_no_sound(box: Box) -> None:
    seen = {name: streams(box.url(name)) for name in FILMS}
    assert {
        name: [(one["codec_type"], one["codec_name"], one["width"], one["height"]) for one in found]
        for name, found in seen.items()
    } == {
        "plain": [("video", "h264", 320, 180)],
        "masked": [("video", "h264", 640, 360)],
        "modern": [("video", "hevc", 320, 180)],
    }


def test_a_masked_camera_is_black_where_it_must_be_and_encoded_only_while_somebody_watches(box: Box) -> None:
    with av.open(box.url("masked"), options={"rtsp_transport": "tcp"}) as container:
        assert isinstance(container, InputContainer)
        for number, frame in enumerate(container.decode(video=0)):
            luma = frame.to_ndarray(format="yuv420p")[: frame.height].astype(int)
            assert np.all(np.abs(luma[:, 324:] - 16) < 12)
            assert np.std(luma[:, :316]) > 10
            if number == 40:
                break
        wait_until("the viewer to be told of", lambda: box.figure("vigilanza_live_viewers", "masked") == 1.0)
        wait_until("the encoder to be told of", lambda: box.figure("vigilanza_live_encoding", "masked") == 1.0)
    wait_until("the encoder to rest", lambda: box.figure("vigilanza_live_encoding", "masked") == 0.0)
    assert (box.figure("vigilanza_live_encoded_total", "masked") or 0.0) > 40
    assert box.figure("vigilanza_live_encoded_total", "plain") == 0.0


def test_who_watches_is_in_the_audit_chain_and_who_may_not_sees_nothing(box: Box) -> None:
    assert streams(box.url("plain", account="guest"))
    assert not streams(box.url("modern", account="guest"))
    assert not streams(box.url("plain").replace(PASSWORD[:5], "wrong"))

    def written() -> list[tuple[str, str, str, dict[str, Any]]]:
        found = [record for record in box.audit() if record[0] == "video/guest"]
        return found if len(found) == 2 else []

    viewed, over = wait_until("the end to be written", written)
    guess = ("127.0.0.1", "login.failed", "video", {"failures": 1})
    wait_until("the wrong password to be on record", lambda: guess in box.audit())
    assert viewed[1:] == ("video.viewed", "plain", {"peer": "127.0.0.1"})
    assert over[1:3] == ("video.ended", "plain")
    assert over[3]["seconds"] >= 0.0


def test_a_watch_that_is_killed_ends_the_stream_and_its_successor_shows_it_again(box: Box) -> None:
    shares = {
        line.partition("--share ")[2].split()[0]: pid
        for pid, line in children_of(box.run.process.pid).items()
        if "--share " in line
    }
    with av.open(box.url("plain"), options={"rtsp_transport": "tcp"}, timeout=30.0) as container:
        assert isinstance(container, InputContainer)
        packets = container.demux(video=0)
        assert next(packets).size
        os.kill(shares["1/2"], signal.SIGKILL)
        for packet in packets:
            if not packet.size:
                break
    assert wait_until("pictures again", lambda: streams(box.url("plain")))[0]["width"] == 320
    assert streams(box.url("masked"))


def test_the_page_counts_the_part_among_those_that_must_live(box: Box) -> None:
    address = box.run.said(r"page is up\s+address=(\S+)/")[1]
    text = httpx.get(f"{address}/metrics", trust_env=False).text
    assert 'vigilanza_live_viewers{camera="plain"}' in text
