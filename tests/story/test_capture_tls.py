"""RTSPS: only the camera we know is believed, and its faults end in time like those of any other."""

import threading
from pathlib import Path

import pytest

from tests.certificates import self_signed, signed
from tests.videos import video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.trust import Trust
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import ConfigError, SourceError, SourceRefused, SourceUnavailable
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()
OPEN_TIMEOUT = 0.8
SLACK = 4.0


def source(url: str, trust: Trust) -> RtspSource:
    return RtspSource(
        url=url,
        user="vigil",
        password="s3cret",
        clock=CLOCK,
        trust=trust,
        open_timeout=OPEN_TIMEOUT,
        read_timeout=0.5,
    )


def see(camera: RtspSource, count: int = 5) -> int:
    """Pictures seen until there are `count`."""
    stop, decoder, pictures = threading.Event(), Decoder(camera="c", rate_hz=100), 0
    for packet in camera.packets(stop):
        pictures += len(decoder.frames(packet))
        if pictures >= count:
            stop.set()
    return pictures


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_camera_known_by_its_authority_is_seen(codec: str, tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with CameraServer({"/main": video(codec, rate=20)}, tls=identity.server, user="vigil", password="s3cret") as server:
        assert server.url("/main").startswith("rtsps://")
        assert see(source(server.url("/main"), Trust(identity.ca_file))) >= 5


def test_a_camera_known_by_its_own_certificate_and_the_name_in_it_is_seen(tmp_path: Path) -> None:
    identity = self_signed(tmp_path, "IPCAM-4711")
    with CameraServer({"/main": video(rate=20)}, tls=identity.server, user="vigil", password="s3cret") as server:
        assert see(source(server.url("/main"), Trust(identity.ca_file, "IPCAM-4711"))) >= 5
        with pytest.raises(SourceRefused, match=r"its certificate is for IPCAM-4711, not for 127\.0\.0\.1"):
            see(source(server.url("/main"), Trust(identity.ca_file)))
        assert [method for method, _ in server.requests].count("DESCRIBE") == 2, "one challenge, one answer, no third"


def test_somebody_else_with_the_same_name_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    known, other = self_signed(tmp_path, "IPCAM"), self_signed(tmp_path / "other", "IPCAM")
    with CameraServer({"/main": video()}, tls=other.server) as server:
        with pytest.raises(SourceRefused, match="its certificate is not the one expected") as caught:
            see(source(server.url("/main"), Trust(known.ca_file, "IPCAM")))
        assert server.requests == []
    assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_a_camera_that_nobody_could_identify_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        RtspSource(url="rtsps://127.0.0.1/main", user=None, password=None, clock=CLOCK)


@pytest.mark.parametrize("fault", ["plain", "blackhole", "cut", "freeze", "half_open", "unplug"])
def test_faults_behind_encryption_end_in_time(fault: str, tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    seen: list[float] = []
    with CameraServer({"/main": video(rate=20)}, tls=None if fault == "plain" else identity.server) as server:
        server.faults.blackhole = fault == "blackhole"
        begun = CLOCK.monotonic()

        def watch() -> None:
            for _ in source(f"rtsps://127.0.0.1:{server.port}/main", Trust(identity.ca_file)).packets(stop):
                seen.append(CLOCK.monotonic())
                if len(seen) == 3:
                    server.faults.freeze, server.faults.half_open = fault == "freeze", fault == "half_open"
                    if fault in ("cut", "unplug"):
                        getattr(server, fault)()

        stop = threading.Event()
        with pytest.raises(SourceUnavailable):
            watch()
        took = CLOCK.monotonic() - (seen[2] if seen else begun)
    assert len(seen) >= 3 or fault in ("plain", "blackhole")
    assert took <= 2 * OPEN_TIMEOUT + SLACK


def test_a_handshake_that_never_comes_ends_in_time(tmp_path: Path) -> None:
    identity = signed(tmp_path, "127.0.0.1")
    with CameraServer({"/main": video()}) as silent:
        silent.faults.blackhole = True
        begun = CLOCK.monotonic()
        with pytest.raises(SourceError):
            see(source(f"rtsps://127.0.0.1:{silent.port}/main", Trust(identity.ca_file)))
    assert CLOCK.monotonic() - begun <= 2 * OPEN_TIMEOUT + SLACK
