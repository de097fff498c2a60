"""Packets come, and nothing can be seen: it is told, and seen again when it is over."""

from collections.abc import Sequence
from inspect import signature

import pytest

from tests.quiet import quiet
from tests.soak import SOAK_SECONDS
from tests.videos import video
from tests.watched import BACK_WITHIN, OPEN_TIMEOUT, PASSWORD, READ_TIMEOUT, USER, Watched
from vigilanza.app.watch import STALLED_S
from vigilanza.capture.backoff import Backoff
from vigilanza.capture.cause import Cause
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.detect.pipeline import Pipeline
from vigilanza.detect.tamper import FROZEN_S, ViewDetector
from vigilanza.domain.events import EventKind
from vigilanza.domain.incident import Policy
from vigilanza.lab.simcam import CameraServer

BLIND = (Cause.NONSENSE, Cause.SILENT)
"""Of bytes that are no video some are thrown away unseen: then nothing comes."""


def camera() -> CameraServer:
    return CameraServer({"/main": video(rate=20, gop=5)}, user=USER, password=PASSWORD)


PICTURE_TIMEOUT = 1.0
"""Here; ten seconds at a real camera, and six times that if nothing says why no picture comes."""


@pytest.mark.parametrize(
    ("fault", "value", "words", "within", "causes"),
    [
        ("nonsense", True, "no key frame within|no picture within|no picture that can be decoded", 6, BLIND),
        ("corrupt", 1.0, "no picture that can be decoded", 6, (Cause.NONSENSE,)),
        ("half_open", True, "no picture within", 2 * READ_TIMEOUT, (Cause.SILENT,)),
        ("freeze", True, "no picture within", 2 * READ_TIMEOUT, (Cause.SILENT,)),
    ],
)
def test_a_stream_that_stops_being_one_is_lost_and_found_again(
    fault: str, value: object, words: str, within: float, causes: Sequence[Cause]
) -> None:
    with camera() as server, Watched(server, backoff=Backoff.of("c"), picture_timeout=PICTURE_TIMEOUT) as watched:
        watched.wait_for_frames(5)
        setattr(server.faults, fault, value)
        noticed = watched.wait_for(lambda: watched.said == ["alive", "lost"], within=within)
        assert any(part in watched.why[0] for part in words.split("|"))
        assert watched.metric("alive") == 0
        assert sum(map(watched.reconnects, causes)) >= 1
        setattr(server.faults, fault, type(value)())
        seen = watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"], within=BACK_WITHIN)
        watched.wait_for_frames(5)
    print(f"{fault}: noticed after {noticed:.1f} s, seen again after {seen:.1f} s")


def test_no_wait_of_a_source_is_long_enough_to_be_taken_for_a_hanging_thread() -> None:
    usual = {name: one.default for name, one in signature(RtspSource).parameters.items()}
    longest = 2 * usual["open_timeout"] + usual["keyframe_timeout"] + 2 * usual["read_timeout"]
    assert longest < STALLED_S - 5.0


def test_a_stream_without_key_frames_is_unavailable_and_the_thread_goes_on_giving_signs_of_life() -> None:
    with camera() as server:
        server.faults.headless = True
        with Watched(server) as watched:
            noticed = watched.wait_for(lambda: watched.said == ["lost"], within=OPEN_TIMEOUT + watched.keyframe_timeout)
            assert "no key frame within the time allowed" in watched.why[0]
            assert watched.reconnects(Cause.NONSENSE) >= 1
            assert watched.worker is not None
            assert SystemClock().monotonic() - watched.worker.beat < STALLED_S / 2
            server.faults.headless = False
            watched.wait_for(lambda: watched.said[-1] == "alive", within=BACK_WITHIN)
            watched.wait_for_frames(5)
    print(f"headless: noticed after {noticed:.1f} s")


@pytest.mark.timeout(SOAK_SECONDS + 120)
def test_a_tenth_of_all_packets_lost_costs_pictures_and_not_the_camera() -> None:
    with camera() as server:
        server.faults.loss = 0.1
        with Watched(server, transport="udp", picture_timeout=10.0) as watched:
            watched.wait_for(lambda: len(watched.frames) >= 25)
            SystemClock().wait(SOAK_SECONDS, watched.stop)
            watched.wait_for_frames(5)
            assert watched.said == ["alive"]
            assert (watched.metric("corrupt_frames_total") or 0) > 0
            times = [frame.at for frame in watched.frames]
    assert times == sorted(times)


def test_a_picture_that_stands_still_while_packets_come_is_told_as_frozen_in_time() -> None:
    pipeline = Pipeline(camera="c", doors=(), detectors={"view": ViewDetector()}, policy=Policy())
    server = CameraServer({"/main": quiet()}, user=USER, password=PASSWORD)
    with server, Watched(server, pipeline=pipeline) as watched:
        watched.wait_for_frames(20)
        server.faults.hang = True
        took = watched.wait_for(lambda: bool(watched.events), within=FROZEN_S)
        assert [event.kind for event in watched.events] == [EventKind.CAMERA_FROZEN]
        assert watched.said == ["alive"], "packets came all the time"
    print(f"hang: noticed after {took:.1f} s")
