"""The video server, watched by FFmpeg and GStreamer."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import av
import pytest
import trustme
from prometheus_client import CollectorRegistry

from tests.studio import CLOCK, Book, Loop, LoopStudio
from tests.videos import video
from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.rtsp.credentials import Account
from vigilanza.bridge.rtsp.nal import nal_units
from vigilanza.bridge.rtsp.server import VideoServer
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database

USER, PASSWORD = "vms", "una lunga: password/1"
PATIENCE_S = 20.0


class Out:
    """A server that runs, and what is around it."""

    def __init__(self, studio: LoopStudio, listening: Listening, chain: AuditChain) -> None:
        self.chain, self.studio, self.book, self.registry = chain, studio, Book(), CollectorRegistry()
        self.scheme = "rtsp" if listening.certificate is None else "rtsps"
        self.port = 0
        self._up, self.stop = threading.Event(), threading.Event()
        accounts = [Account(USER, PASSWORD), Account("guest", "guest", frozenset({"hevc"}))]
        self.server = VideoServer(
            studio=studio,
            accounts=accounts,
            viewings=self.book,
            guesses=Guesses(chain=chain, entrance="video", clock=CLOCK),
            listening=listening,
            clock=CLOCK,
            registry=self.registry,
            on_listening=self._listens,
        )
        self.thread = threading.Thread(target=self.server.run, args=(self.stop,))
        self.thread.start()
        assert self._up.wait(PATIENCE_S)

    def _listens(self, port: int) -> None:
        self.port = port
        self._up.set()

    def url(self, camera: str, user: str = USER, password: str = PASSWORD) -> str:
        return f"{self.scheme}://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{camera}"

    def figure(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"vigilanza_video_{name}", labels) or 0.0


@contextmanager
def serving(
    studio: LoopStudio | None = None, listening: Listening | None = None, folder: Path | None = None
) -> Iterator[Out]:
    """Two cameras that show something else each; `folder` for what is kept."""
    loops = {codec: Loop(video(codec, frames=20, rate=20, gop=10)) for codec in ("h264", "hevc")}
    with tempfile.TemporaryDirectory(prefix="vigilanza-video-") as other:
        engine = open_database(f"sqlite:///{folder or other}/vigilanza.db")
        chain = AuditChain(engine=engine, clock=CLOCK)
        out = Out(studio or LoopStudio(loops), listening or Listening("127.0.0.1", 0), chain)
        try:
            yield out
        finally:
            out.stop.set()
            out.thread.join(PATIENCE_S)
            assert not out.thread.is_alive()


@pytest.fixture(scope="module")
def out() -> Iterator[Out]:
    with serving() as one:
        yield one


def probe(url: str, *options: str) -> dict[str, list[dict[str, object]]]:
    """What ffprobe says of the streams."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", *options, url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    found: dict[str, list[dict[str, object]]] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("options", [(), ("-rtsp_transport", "tcp")])
def test_ffprobe_sees_the_pictures_and_no_sound(out: Out, codec: str, options: tuple[str, ...]) -> None:
    """Without options it asks for UDP first, is told no, and takes TCP."""
    [stream] = probe(out.url(codec), *options)["streams"]
    assert (stream["codec_type"], stream["codec_name"]) == ("video", codec)
    assert (stream["width"], stream["height"]) == (320, 180)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_every_byte_of_every_picture_arrives(out: Out, codec: str) -> None:
    sent = [unit.nals for unit in out.studio.loops[codec].footage.units]
    wanted = [nal for nals in sent for nal in nals]
    with av.open(out.url(codec), options={"rtsp_transport": "tcp"}) as line:
        received: list[bytes] = []
        for packet in line.demux(video=0):
            received += nal_units(bytes(packet))
            if len(received) >= 2 * len(wanted):
                break
    assert received[: len(wanted)] == wanted
    out.book.wait_for("begin", USER, codec, "127.0.0.1")
    out.book.wait_for("end", USER, codec)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_gstreamer_watches_too(out: Out, codec: str) -> None:
    player = Path(__file__).with_name("gst_player.py")
    url = f"rtsp://127.0.0.1:{out.port}/{codec}"
    command = ["/usr/bin/python3", str(player), url, USER, PASSWORD, "15"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (said.returncode, said.stdout) == (0, f"{codec.replace('hevc', 'h265')} 15\n"), said.stderr


def test_the_line_is_encrypted_where_there_is_a_certificate(tmp_path: Path) -> None:
    authority, files = trustme.CA(), [tmp_path / name for name in ("site.pem", "site.key", "ca.pem")]
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(files[0])
    issued.private_key_pem.write_to_path(files[1])
    authority.cert_pem.write_to_path(files[2])
    with serving(listening=Listening("127.0.0.1", 0, files[0], files[1])) as out:
        [stream] = probe(out.url("h264"), "-tls_verify", "1", "-ca_file", str(files[2]))["streams"]
        assert stream["codec_name"] == "h264"


@pytest.mark.parametrize(
    ("camera", "user", "password", "told"),
    [
        ("h264", USER, "wrong", "401"),
        ("h264", "nobody", PASSWORD, "401"),
        ("none", USER, PASSWORD, "404"),
        ("h264", "guest", "guest", "403"),
    ],
)
def test_who_may_not_watch_is_told_so_and_sees_nothing(camera: str, user: str, password: str, told: str) -> None:
    with serving() as out:
        command = ["ffprobe", "-v", "error", out.url(camera, user, password)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode != 0
        assert told in said.stderr
        assert out.book.lines == []
        assert out.figure("pictures_total") == 0.0


def test_who_may_watch_one_camera_watches_that(out: Out) -> None:
    assert len(probe(out.url("hevc", "guest", "guest"))["streams"]) == 1
