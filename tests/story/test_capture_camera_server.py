"""The simulated camera keeps its own promises: one scene, one clock, known endings."""

import socket
import threading
from itertools import islice, pairwise

import pytest

from tests.videos import number_in, video
from vigilanza.bridge.rtsp.rtp import MTU_BYTES, fragments
from vigilanza.capture.decode import Decoder
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import RecordingError, SourceUnavailable
from vigilanza.domain.frame import Frame
from vigilanza.lab.footage import Ending, Footage
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()


def seen(server: CameraServer, path: str, count: int) -> list[Frame]:
    stop, frames, decoder = threading.Event(), [], Decoder(camera=path, rate_hz=100)
    for packet in RtspSource(url=server.url(path), user=None, password=None, clock=CLOCK).packets(stop):
        frames += decoder.frames(packet)
        if len(frames) >= count:
            stop.set()
    return frames[:count]


def test_a_film_that_begins_with_its_first_viewer_is_seen_from_its_first_picture() -> None:
    with CameraServer({"/main": video()}, clock=CLOCK, begin="first_play") as server:
        assert server.started_at is None
        frames = seen(server, "/main", 12)
        assert server.started_at is not None
        assert [number_in(frame.luma) for frame in frames] == list(range(12))
        delays = [frame.at - server.started_at - number / 10 for number, frame in enumerate(frames)]
        assert max(delays) - min(delays) < 0.3
        assert 0.0 < min(delays) < 1.0


def test_all_streams_of_a_server_show_the_same_scene_at_the_same_time() -> None:
    streams = {"/main": video(rate=20, frames=80), "/sub": video("hevc", rate=20, frames=80)}
    with CameraServer(streams, clock=CLOCK, offset=1.0) as server:
        assert server.started_at is not None
        for path in streams:
            for frame in seen(server, path, 3):
                shown = (frame.at - server.started_at) * 20 % 80
                assert abs((number_in(frame.luma) - shown + 40) % 80 - 40) < 12


def test_a_film_that_closes_hangs_up_at_its_end() -> None:
    short = video(frames=12)
    server = CameraServer({"/main": short}, clock=CLOCK, begin="first_play", ending="close")
    with server, pytest.raises(SourceUnavailable):
        seen(server, "/main", 1000)


@pytest.mark.parametrize(
    ("ending", "position", "numbers"),
    [
        ("loop", 0.0, [*range(40), *range(40), *range(40)]),
        ("loop", 9.0, [*range(10, 40), *range(40)]),
        ("hold", 2.5, [*range(25, 40), *range(30, 40), *range(30, 39), *range(30, 38), *range(30, 37), 30]),
        ("hold", 98.35, [37, *range(30, 37), *range(30, 40), *range(30, 39)]),
        ("close", 3.5, [35, 36, 37, 38, 39]),
        ("close", 100.0, []),
        ("hold", -2.05, [*range(4, 9), *range(8), *range(7), *range(40), *range(30, 40)]),
        ("close", -0.02, [*range(40)]),
    ],
)
def test_what_comes_before_the_first_picture_and_after_the_last(
    ending: Ending, position: float, numbers: list[int]
) -> None:
    footage = Footage.load(video())
    units = list(islice(footage.schedule(position, ending), len(numbers)))
    assert [footage.units.index(unit) for _, unit in units] == numbers
    due = [shift + unit.dts for shift, unit in units]
    assert all(later - earlier == pytest.approx(0.1) for earlier, later in pairwise(due))
    assert not due or due[0] == pytest.approx(position, abs=0.11)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_large_pictures_are_cut_to_fit_the_network(codec: str) -> None:
    footage = Footage.load(video(codec, size=(640, 360)))
    large = (bytes([0x65, 0x01]) if codec == "h264" else bytes([0x26, 0x01])) + bytes(range(256)) * 40
    payloads = fragments(codec, (large,))
    assert all(len(payload) <= MTU_BYTES for payload in payloads)
    head = 2 if codec == "h264" else 3
    assert b"".join(payload[head:] for payload in payloads) == large[head - 1 :]
    assert footage.codec == codec


def test_only_what_a_camera_would_send_can_be_sent() -> None:
    with pytest.raises(RecordingError, match=r"H\.264 or H\.265"):
        Footage.load(video("mjpeg", pixels="yuvj420p", container="avi"))


def test_a_camera_that_ends_leaves_no_connection_open() -> None:
    server = CameraServer({"/main": video()}, clock=CLOCK)
    with server, socket.create_connection(("127.0.0.1", server.port)) as client:
        server.unplug()
        assert client.recv(1) == b""
    assert len(server.connections) == 1
