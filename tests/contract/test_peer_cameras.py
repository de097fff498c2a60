"""Our source and a camera that others wrote: gst-rtsp-server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from tests.videos import number_in, video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.packet import Packet
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import SourceRefused, SourceUnavailable

DEBIANS_PYTHON = "/usr/bin/python3"
USER, PASSWORD = "vigil", "s3cr@t"
CODECS = ("h264", "hevc")


@dataclass(frozen=True, slots=True)
class Peer:
    """The camera's process and port."""

    process: "subprocess.Popen[str]"
    port: int

    def source(self, path: str, *, password: str = PASSWORD, transport: Literal["tcp", "udp"] = "tcp") -> RtspSource:
        url = f"rtsp://127.0.0.1:{self.port}{path}"
        return RtspSource(url=url, user=USER, password=password, clock=SystemClock(), transport=transport)


@contextmanager
def camera() -> Iterator[Peer]:
    script = Path(__file__).with_name("gst_camera.py")
    streams = [f"/{codec}={video(codec, frames=400, rate=20)}" for codec in CODECS]
    command = [DEBIANS_PYTHON, str(script), USER, PASSWORD, *streams]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said[:1] == ["ready"], "install what scripts/system-packages test names"
        yield Peer(process, int(said[1]))
        process.kill()


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with camera() as one:
        yield one


def read(source: RtspSource, count: int) -> list[Packet]:
    stop, got = threading.Event(), []
    for packet in source.packets(stop):
        got.append(packet)
        if len(got) == count:
            stop.set()
    return got


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", CODECS)
def test_pictures_of_another_makers_camera_are_seen_in_order(
    peer: Peer, codec: str, transport: Literal["tcp", "udp"]
) -> None:
    before = SystemClock().now()
    packets = read(peer.source(f"/{codec}", transport=transport), 25)
    after = SystemClock().now()
    assert packets[0].is_keyframe
    assert {packet.format.codec for packet in packets} == {codec}
    times = [packet.at for packet in sorted(packets, key=lambda packet: packet.pts)]
    assert times == sorted(times)
    assert before - 5.0 <= times[0] <= times[-1] <= after
    decoder = Decoder(camera="c", rate_hz=100)
    numbers = [number_in(frame.luma) for packet in packets for frame in decoder.frames(packet)]
    assert len(numbers) >= 20
    assert all(later - earlier == 1 for earlier, later in pairwise(numbers))
    assert decoder.decode_errors == decoder.corrupt_frames == 0


def test_its_refusals_are_understood(peer: Peer) -> None:
    with pytest.raises(SourceRefused, match="wrong user or password"):
        read(peer.source("/h264", password="wrong"), 1)
    with pytest.raises(SourceRefused, match="no such path"):
        read(peer.source("/h264/nothing"), 1)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_its_sudden_end_is_noticed(transport: Literal["tcp", "udp"]) -> None:
    seen: list[Packet] = []

    def watch(peer: Peer) -> None:
        for packet in peer.source("/h264", transport=transport).packets(threading.Event()):
            seen.append(packet)
            if len(seen) == 5:
                peer.process.kill()

    with camera() as peer, pytest.raises(SourceUnavailable):
        watch(peer)
    assert len(seen) >= 5
