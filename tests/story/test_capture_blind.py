"""Packets come, and nothing can be seen: it is told, and seen again when it is over."""

from inspect import signature

import pytest

from tests.soak import SOAK_SECONDS
from tests.videos import video
from tests.watched import PASSWORD, USER, Watched
from vigilanza.app.watch import STALLED_S
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.lab.simcam import CameraServer


def camera() -> CameraServer:
    return CameraServer({"/main": video(rate=20, gop=5)}, user=USER, password=PASSWORD)


@pytest.mark.parametrize(
    ("fault", "value", "words"),
    [
        ("nonsense", True, "no key frame within|no picture within|no picture that can be decoded"),
        ("corrupt", 1.0, "no picture that can be decoded"),
        ("half_open", True, "no picture within"),
        ("freeze", True, "no picture within"),
    ],
)
def test_a_stream_that_stops_being_one_is_lost_and_found_again(fault: str, value: object, words: str) -> None:
    with camera() as server, Watched(server) as watched:
        watched.wait_for_frames(5)
        setattr(server.faults, fault, value)
        noticed = watched.wait_for(lambda: watched.said == ["alive", "lost"])
        assert any(part in watched.why[0] for part in words.split("|"))
        assert watched.metric("alive") == 0
        setattr(server.faults, fault, type(value)())
        seen = watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"])
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
            noticed = watched.wait_for(lambda: watched.said == ["lost"])
            assert "no key frame within the time allowed" in watched.why[0]
            assert watched.worker is not None
            assert SystemClock().monotonic() - watched.worker.beat < STALLED_S / 2
            server.faults.headless = False
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
