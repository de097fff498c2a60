"""A camera that offers sound: nothing of it is asked for, kept, exported or shown, on whichever way."""

import io
import json
import re
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import av
import pytest
import yaml
from av.container import InputContainer
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.sync.client import connect

from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, wait_until
from tests.story.test_doors_black import CLIP, VMS, VMS_PASSWORD, Box, configured, sealed
from tests.story.test_onvif_site_video import free_port
from tests.unit.test_originals import Holders
from vigilanza.lab.simcam import CameraServer

pytestmark = pytest.mark.timeout(300)
PACKETS, PIECES = 60, 20


def tracks(content: bytes) -> list[str]:
    """Of a video or a picture, whatever its name: what can be seen or heard in it."""
    with av.open(io.BytesIO(content)) as container:
        return [stream.type for stream in container.streams]


@dataclass(frozen=True, slots=True)
class Loud:
    """A box that has seen a break-in by a camera that offers sound, and what came of it."""

    box: Box
    camera: CameraServer
    incident: UUID
    holders: Holders

    @property
    def media(self) -> list[Path]:
        """All pictures that are stored."""
        return [path for path in (self.box.config.parent / "media").rglob("*") if path.is_file()]

    def opened(self, envelope: bytes) -> bytes:
        """An original, by both who hold its keys."""
        return self.holders.opens("prosecutor", self.holders.opens("officer", envelope))


def loud_site(folder: Path, camera: CameraServer, ports: dict[str, int], holders: Holders) -> Path:
    """Whose originals are kept for two."""
    path = configured(folder, camera, ports)
    document = yaml.safe_load(path.read_text("utf-8"))
    document["privacy"] = {"originals": []}
    for one in holders.both:
        (folder / f"{one.name}.pem").write_bytes(one.certificate.public_bytes(Encoding.PEM))
        document["privacy"]["originals"].append({"name": one.name, "certificate_file": f"{one.name}.pem"})
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loud]:
    folder, ports = tmp_path_factory.mktemp("box"), {name: free_port() for name in ("web", "video", "device")}
    films, holders = {"/cam": VIDEOS / f"{CLIP}.mp4"}, Holders(tmp_path_factory.mktemp("keys"))
    with ExitStack() as stack:
        camera = stack.enter_context(
            CameraServer(films, begin="first_play", ending="hold", user=USER, password=CAMERA_PASSWORD)
        )
        camera.faults.announce = "video_and_audio"
        camera.unplug()
        config = loud_site(folder, camera, ports, holders)
        environ = ENVIRON | {"SEEN": VMS_PASSWORD}
        run = stack.enter_context(Command("run", "--config", config, environ=environ, folder=folder))
        box = Box(run, config, ports)
        stack.callback(box.client.close)
        camera.plug_in()

        def kept() -> list[tuple[str]]:
            return box.rows("SELECT incident FROM media WHERE kind = 'original'")

        ((incident,), *_) = wait_until("an original", kept, timeout=120)
        yield Loud(box, camera, UUID(str(incident)), holders)


def test_a_player_that_wants_it_hears_the_camera(loud: Loud) -> None:
    """Or else there would be nothing to leave out."""
    url = loud.camera.url("/cam").replace("://", f"://{USER}:{CAMERA_PASSWORD}@")
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=20.0) as container:
        assert isinstance(container, InputContainer)
        assert sorted(stream.type for stream in container.streams) == ["audio", "video"]
        heard = next(packet for packet in container.demux(audio=0) if packet.size)
        assert heard.stream.type == "audio"


def test_nobody_asks_the_camera_for_it(loud: Loud) -> None:
    setups = [url for method, url in loud.camera.requests if method == "SETUP" and url.endswith("track2")]
    listeners = 1  # the test above
    assert len(setups) <= listeners


def test_nothing_that_is_stored_can_be_heard(loud: Loud) -> None:
    kinds = {path.suffix for path in loud.media}
    assert kinds == {".mp4", ".jpg", ".cms"}
    for path in loud.media:
        content = path.read_bytes()
        assert tracks(loud.opened(content) if path.suffix == ".cms" else content) == ["video"], path


def test_nothing_in_a_package_can_be_heard(loud: Loud) -> None:
    files = sealed(loud.box, loud.incident)
    assert {Path(name).suffix for name in files} == {".mp4", ".jpg", ".cms"}
    for name, content in files.items():
        assert tracks(loud.opened(content) if name.endswith(".cms") else content) == ["video"], name


@pytest.mark.parametrize("query", ["", "?large=1"])
def test_nothing_on_the_page_can_be_heard(loud: Loud, query: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in loud.box.client.cookies.items())
    address = f"{loud.box.url.replace('http', 'ws')}/api/cameras/cam/live{query}"
    with connect(address, origin=loud.box.url, additional_headers={"Cookie": cookie}, proxy=None) as line:  # type: ignore[arg-type]
        told = json.loads(line.recv(20.0))
        assert (told["kind"], "mp4a" in told["mime"], "," in told["mime"]) == ("video", False, False)
        film = line.recv(20.0)
        assert isinstance(film, bytes)
        for _ in range(PIECES):
            piece = line.recv(20.0)
            assert isinstance(piece, bytes)
            film += piece[struct.calcsize("<dd") :]
            line.send("+")
    assert tracks(film) == ["video"]


def test_nothing_of_the_streams_for_a_vms_can_be_heard(loud: Loud) -> None:
    """Neither in what is announced nor in what comes."""
    url = f"rtsp://{VMS}:{quote(VMS_PASSWORD)}@127.0.0.1:{loud.box.ports['video']}/cam"
    assert announced(url) == ["video"]
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=20.0) as container:
        assert isinstance(container, InputContainer)
        assert [stream.type for stream in container.streams] == ["video"]
        for number, packet in enumerate(container.demux()):
            assert packet.stream.type == "video"
            if number == PACKETS:
                break


def announced(url: str) -> Sequence[str]:
    """The media of the session description, as it came."""
    command = ["ffprobe", "-v", "trace", "-rtsp_transport", "tcp", "-show_streams", url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
    return re.findall(r"^m=(\w+)", said[said.index("v=0") :], re.MULTILINE)
