"""What a camera can do wrong, and what comes of it, with a real RTSP server."""

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from tests.videos import number_in, video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ConfigError, RecordingError, SourceRefused, SourceUnavailable
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()
Transport = Literal["tcp", "udp"]
BOTH: list[Transport] = ["tcp", "udp"]


@pytest.fixture
def server() -> Iterator[CameraServer]:
    with CameraServer({"/main": video()}, clock=CLOCK, user="vigil", password="pw") as camera:
        yield camera


def source(
    server: CameraServer, *, path: str = "/main", password: str | None = "pw", transport: Transport = "tcp"
) -> RtspSource:
    return RtspSource(
        url=server.url(path),
        user="vigil" if password else None,
        password=password,
        clock=CLOCK,
        transport=transport,
        open_timeout=2.0,
        read_timeout=0.8,
    )


def read(source: RtspSource, count: int, stop: threading.Event | None = None) -> list[Packet]:
    stop, got = stop or threading.Event(), []
    for packet in source.packets(stop):
        got.append(packet)
        if len(got) == count:
            stop.set()
    return got


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_wrong_password_is_refused(server: CameraServer, password: str | None) -> None:
    with pytest.raises(SourceRefused, match="wrong user or password"):
        read(source(server, password=password), 1)


def test_an_unknown_path_is_refused(server: CameraServer) -> None:
    with pytest.raises(SourceRefused, match="no such path"):
        read(source(server, path="/nowhere"), 1)


def test_a_codec_nobody_knows_is_refused(server: CameraServer) -> None:
    server.faults.announce = "unknown_codec"
    with pytest.raises(SourceRefused, match="codec"):
        read(source(server), 1)


def test_a_stream_without_video_is_refused(server: CameraServer) -> None:
    server.faults.announce = "audio"
    with pytest.raises(SourceRefused, match="no video"):
        read(source(server), 1)


@pytest.mark.parametrize("transport", BOTH)
def test_sound_is_never_asked_for(server: CameraServer, transport: Transport) -> None:
    server.faults.announce = "video_and_audio"
    assert read(source(server, transport=transport), 3)
    assert [url for method, url in server.requests if method == "SETUP"] == [server.url("/main/track1")]


def test_a_camera_that_is_switched_off_is_unavailable(server: CameraServer) -> None:
    server.unplug()
    with pytest.raises(SourceUnavailable, match="connection refused"):
        read(source(server), 1)


def test_a_camera_that_never_answers_is_unavailable(server: CameraServer) -> None:
    server.faults.blackhole = True
    with pytest.raises(SourceUnavailable):
        read(source(server), 1)


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize("fault", ["freeze", "cut", "unplug"])
def test_a_stream_that_breaks_off_is_unavailable(server: CameraServer, transport: Transport, fault: str) -> None:
    got = []

    def watch() -> None:
        for packet in source(server, transport=transport).packets(threading.Event()):
            got.append(packet)
            if len(got) == 3:
                server.faults.freeze = fault == "freeze"
                if fault == "cut":
                    server.cut()
                if fault == "unplug":
                    server.unplug()

    with pytest.raises(SourceUnavailable):
        watch()
    assert len(got) >= 3


def test_a_stop_is_heard_while_the_camera_is_frozen(server: CameraServer) -> None:
    stop, ended = threading.Event(), threading.Event()
    got: list[Packet] = []

    def watch() -> None:
        for packet in source(server).packets(stop):
            got.append(packet)
            server.faults.freeze = True
            stop.set()
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    assert ended.wait(20.0)
    assert got


@pytest.mark.parametrize(("transport", "loss", "corrupt"), [("udp", 0.05, 0.0), ("tcp", 0.0, 0.2)])
def test_loss_and_damage_are_counted_and_the_stream_goes_on(
    server: CameraServer, transport: Transport, loss: float, corrupt: float
) -> None:
    server.faults.loss, server.faults.corrupt = loss, corrupt
    decoder, stop, spoilt = Decoder(camera="c", rate_hz=100), threading.Event(), 0
    pts: list[int] = []
    pictures = 0
    for packet in source(server, transport=transport).packets(stop):
        pts.append(packet.pts)
        pictures += len(decoder.frames(packet))
        gaps = sum(b - a > 9000 for a, b in pairwise(pts))
        spoilt = decoder.decode_errors + decoder.corrupt_frames + gaps
        if spoilt and pictures >= 5:
            server.faults.loss = server.faults.corrupt = 0.0
            stop.set()
    assert spoilt
    assert pictures >= 5


def test_the_cameras_own_clock_is_told_beside_ours(server: CameraServer) -> None:
    server.faults.clock_skew = -7200.0
    packets = read(source(server), 12)
    assert packets[-1].camera_at is not None
    assert packets[-1].camera_at - packets[-1].at == pytest.approx(-7200.0, abs=2.0)


def test_a_camera_without_clock_reports_is_fine(server: CameraServer) -> None:
    server.faults.no_rtcp = True
    assert {packet.camera_at for packet in read(source(server), 12)} == {None}


def test_a_hanging_encoder_sends_the_same_picture_again_and_again(server: CameraServer) -> None:
    server.faults.hang = True
    decoder = Decoder(camera="c", rate_hz=100)
    frames = [frame for packet in read(source(server), 12) for frame in decoder.frames(packet)]
    assert len(frames) == 12
    assert len({number_in(frame.luma) for frame in frames}) == 1


def test_an_address_with_credentials_in_it_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="credentials") as caught:
        RtspSource(url="rtsp://vigil:secret@camera/main", user=None, password=None, clock=CLOCK)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("container", ["mp4", "avi"])
def test_a_recording_that_breaks_off_gives_what_it_has_and_then_says_so(tmp_path: Path, container: str) -> None:
    whole = video(faststart=True, frames=60, container=container).read_bytes()
    broken = tmp_path / f"broken.{container}"
    broken.write_bytes(whole[: len(whole) * 6 // 10])
    got: list[Packet] = []

    def read_on() -> None:
        for packet in FileSource(path=broken, start_at=0.0).packets(threading.Event()):
            got.append(packet)

    with pytest.raises(RecordingError, match="breaks off"):
        read_on()
    assert 10 < len(got) < 60


def test_a_recording_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    for path in (tmp_path / "text.mp4", tmp_path / "missing.mp4", tmp_path):
        with pytest.raises(RecordingError):
            list(FileSource(path=path, start_at=0.0).packets(threading.Event()))
