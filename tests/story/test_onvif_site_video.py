"""A VMS asks the ONVIF device for its cameras' streams and watches them: `vigilanza run` with one account for both."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import yaml

from tests.commands import CAMERA_PASSWORD, ENVIRON, Command, configuration
from tests.commands import USER as CAMERA_USER
from tests.onvif_site import USER
from tests.story.test_onvif_peers import PASSWORD
from tests.story.test_video_part import streams
from tests.videos import video
from tests.vms import LIBRARIES, LibraryVms
from vigilanza.lab.simcam import CameraServer

FILMS = {"stairs-3": video(), "stairs-4": video("hevc", size=(640, 360))}
SEEN = {"stairs-3": ("h264", 320, 180), "stairs-4": ("hevc", 640, 360)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def configured(folder: Path, server: CameraServer, *, device_port: int, video_port: int) -> Path:
    path = configuration(folder, "dev_pos_two_fast_kick")
    document = yaml.safe_load(path.read_text("utf-8"))
    one: dict[str, Any] = document["cameras"][0]
    document["cameras"] = [one | {"id": name, "source": server.url(f"/{name}"), "doors": []} for name in FILMS]
    accounts = [{"name": USER, "password_env": "ONVIF_VMS_PASSWORD"}]
    document["onvif_device"] = {"port": device_port, "plain_http": True, "discoverable": False, "accounts": accounts}
    document["video"] = {"port": video_port, "plain_rtsp": True}
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Ports of the device and of the streams of a box that runs."""
    folder, ports = tmp_path_factory.mktemp("box"), (free_port(), free_port())
    films = {f"/{name}": film for name, film in FILMS.items()}
    with CameraServer(films, user=CAMERA_USER, password=CAMERA_PASSWORD) as server:
        path = configured(folder, server, device_port=ports[0], video_port=ports[1])
        environ = ENVIRON | {"ONVIF_VMS_PASSWORD": PASSWORD}
        with Command("run", "--config", path, environ=environ, folder=folder) as run:
            for name in FILMS:
                run.said(rf"camera alive\s+camera={name}")
            run.said("video is up")
            run.said("ONVIF device is up")
            yield ports
            assert run.end() == 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_finds_the_streams_by_itself_and_they_play(library: str, site: tuple[int, int], tmp_path: Path) -> None:
    device_port, video_port = site
    with LibraryVms(library, port=device_port, user=USER, password=PASSWORD, folder=tmp_path) as vms:
        told = vms.tells("cameras", lambda one: "cameras" in one)["cameras"]
    assert told == {name: f"rtsp://127.0.0.1:{video_port}/{name}" for name in FILMS}
    for name, uri in told.items():
        (seen,) = streams(urlsplit(uri)._replace(netloc=f"{USER}:{quote(PASSWORD)}@{urlsplit(uri).netloc}").geturl())
        assert (seen["codec_name"], seen["width"], seen["height"]) == SEEN[name]
    assert not streams(told["stairs-3"]), "not without the account"
