"""What every source promises, whatever it reads."""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise

import pytest

from tests.videos import number_in, video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import parse_target
from vigilanza.capture.packet import Packet
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.source import Source
from vigilanza.capture.unhurried import GATHER_S, UnhurriedSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import VigilanzaError
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_device import SERVICES
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.simcam import CameraServer

PASSWORD = "s3cr@t / Zürich"


@contextmanager
def camera(codec: str, transport: str, b_frames: int = 0) -> Iterator[Source]:
    file = video(codec, b_frames=b_frames, rate=20)
    with CameraServer({"/main": file}, clock=SystemClock(), user="vigil", password=PASSWORD) as server:
        yield RtspSource(
            url=server.url("/main"),
            user="vigil",
            password=PASSWORD,
            clock=SystemClock(),
            transport="udp" if transport == "udp" else "tcp",
        )


@contextmanager
def unhurried() -> Iterator[Source]:
    with camera("h264", "tcp") as source:
        yield UnhurriedSource(source, patience=lambda: GATHER_S, sought=threading.Event(), clock=SystemClock())


@contextmanager
def asked(profile: str, services: tuple[str, ...] = tuple(SERVICES)) -> Iterator[Source]:
    """A camera whose streams have to be asked for by ONVIF; the one that is not meant does not exist."""
    with (
        CameraServer({"/it": video(rate=20)}, clock=SystemClock(), user="vigil", password=PASSWORD) as server,
        onvif_camera(server, main="/it" if profile == "main" else "/no", services=services) as one,
    ):
        target = parse_target(f"onvif://{one.address}/{profile}")
        yield OnvifSource(target=target, user="vigil", password=PASSWORD, clock=SystemClock())


def onvif_camera(server: CameraServer, *, main: str, services: tuple[str, ...] = tuple(SERVICES)) -> OnvifCamera:
    sub = "/it" if main == "/no" else "/no"
    profiles = (SimProfile("p1", server.url(main)), SimProfile("p2", server.url(sub), size_px=(640, 360)))
    return OnvifCamera(profiles, user="vigil", password=PASSWORD, services=services)


@contextmanager
def recording(codec: str, paced: bool, b_frames: int = 0) -> Iterator[Source]:
    path = video(codec, b_frames=b_frames, rate=20)
    yield FileSource(path=path, start_at=SystemClock().now(), clock=SystemClock() if paced else None)


SOURCES: dict[str, Callable[[], AbstractContextManager[Source]]] = {
    "recording h264": lambda: recording("h264", False),
    "recording h264 reordered": lambda: recording("h264", False, 2),
    "recording hevc in real time": lambda: recording("hevc", True),
    "rtsp tcp h264": lambda: camera("h264", "tcp"),
    "rtsp tcp hevc": lambda: camera("hevc", "tcp"),
    "rtsp udp h264": lambda: camera("h264", "udp"),
    "rtsp udp hevc reordered": lambda: camera("hevc", "udp", 2),
    "rtsp tcp, nobody hurries": unhurried,
    "onvif main": lambda: asked("main"),
    "onvif sub of an old camera": lambda: asked("sub", ("tds", "trt")),
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    with SOURCES[request.param]() as one:
        yield one


def first(source: Source, count: int) -> list[Packet]:
    """`count` packets, or all there are, then stop."""
    stop, got = threading.Event(), []
    for packet in source.packets(stop):
        got.append(packet)
        if len(got) == count:
            stop.set()
    return got


def test_a_source_keeps_its_promises(source: Source) -> None:
    before = SystemClock().now()
    packets = first(source, 30)
    assert len(packets) == 30, "stop ends it, and only stop"
    assert packets[0].is_keyframe
    in_picture_order = sorted(packets, key=lambda packet: packet.pts)
    times = [packet.at for packet in in_picture_order]
    assert times == sorted(times)
    assert before - 5.0 <= times[0] <= times[-1] <= SystemClock().now() + 5.0
    dts = [packet.dts for packet in packets]
    assert dts == sorted(set(dts))
    assert {(packet.format.width_px, packet.format.height_px) for packet in packets} == {(320, 180)}
    assert all(packet.data.startswith((b"\0\0\0\1", b"\0\0\1")) for packet in packets), "Annex B"
    decoder = Decoder(camera="c", rate_hz=100)
    numbers = [number_in(frame.luma) for packet in packets for frame in decoder.frames(packet)]
    assert len(numbers) >= 25
    assert all((later - earlier) % 40 == 1 for earlier, later in pairwise(numbers))
    assert decoder.decode_errors == decoder.corrupt_frames == 0


def test_a_source_can_be_opened_again_and_again(source: Source) -> None:
    assert first(source, 3)[0].is_keyframe
    assert first(source, 3)[0].is_keyframe


def test_a_source_that_is_told_to_stop_before_it_begins_gives_nothing(source: Source) -> None:
    stop = threading.Event()
    stop.set()
    assert list(source.packets(stop)) == []


def test_a_source_left_in_the_middle_lets_go(source: Source) -> None:
    packets = source.packets(threading.Event())
    next(packets)
    packets.close()  # type: ignore[attr-defined] # a generator, as all sources' iterators are
    assert list(packets) == []


FAULTS = ["password", "path", "gone", "blackhole", "freeze", "cut", "unknown_codec"]


@pytest.mark.parametrize("by", ["rtsp", "onvif"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_contains_a_credential(
    by: str, fault: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    clock = SystemClock()
    path = "/other" if fault == "path" else "/it"
    password = "wr0ng-" + PASSWORD if fault == "password" else PASSWORD
    source: Source
    with (
        CameraServer({"/it": video(rate=20)}, clock=clock, user="vigil", password=PASSWORD) as server,
        onvif_camera(server, main=path) as one,
    ):
        if by == "rtsp":
            url = server.url(path)
            source = RtspSource(
                url=url, user="vigil", password=password, clock=clock, open_timeout=1.0, read_timeout=0.5
            )
        else:
            target = parse_target(f"onvif://{one.address}")
            source = OnvifSource(
                target=target, user="vigil", password=password, clock=clock, open_timeout=1.0, read_timeout=0.5
            )
        server.faults.blackhole = fault == "blackhole"
        server.faults.announce = "unknown_codec" if fault == "unknown_codec" else "video"
        if fault == "gone":
            server.unplug()

        def read() -> None:
            for _ in source.packets(threading.Event()):
                server.faults.freeze = fault == "freeze"
                if fault == "cut":
                    server.cut()

        with pytest.raises(VigilanzaError) as caught:
            read()
    error: BaseException | None = caught.value
    said = "".join(traceback.format_exception(error)) + repr(source) + caplog.text + "".join(capfd.readouterr())
    while error is not None:
        said += repr(error) + str(error.args)
        error = error.__cause__ or error.__context__
    for secret in (PASSWORD, "s3cr", "wr0ng", "vigil:"):
        assert secret not in said
    assert "127.0.0.1" in str(caught.value), "which camera must be said"
