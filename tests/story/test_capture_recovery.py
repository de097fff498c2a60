"""A camera goes and comes back; the others notice nothing."""

import gc
from collections.abc import Iterator

import pytest
from av.container import InputContainer

from tests.videos import video
from tests.watched import AT_ONCE, BACK_WITHIN, OPEN_TIMEOUT, PASSWORD, READ_TIMEOUT, USER, Watched
from vigilanza.capture.backoff import Backoff
from vigilanza.capture.cause import Cause
from vigilanza.lab.simcam import CameraServer


def camera() -> CameraServer:
    return CameraServer({"/main": video()}, user=USER, password=PASSWORD)


@pytest.fixture
def pair() -> Iterator[tuple[Watched, Watched]]:
    with camera() as one, camera() as two:
        watched = Watched(one, backoff=Backoff.of("c")).start(), Watched(two).start()
        yield watched
        for each in watched:
            each.end()


def test_a_camera_that_goes_and_comes_back_is_lost_once_and_found_again_and_the_other_sees_on(
    pair: tuple[Watched, Watched],
) -> None:
    failing, steady = pair
    assert failing.server is not None
    for each in pair:
        each.wait_for(lambda each=each: len(each.frames) >= 5)  # type: ignore[misc]
    failing.server.unplug()
    failing.wait_for(lambda: failing.said == ["alive", "lost"], within=AT_ONCE)
    assert failing.reconnects(Cause.CLOSED) == 1
    seen = len(steady.frames)
    steady.wait_for(lambda: len(steady.frames) >= seen + 15)
    assert failing.said == ["alive", "lost"]
    failing.server.plug_in()
    failing.wait_for(lambda: failing.said == ["alive", "lost", "alive"], within=BACK_WITHIN)
    assert failing.reconnects(Cause.UNREACHABLE) >= 1
    tried = failing.metric("connections_total") or 0.0
    assert failing.reconnects(Cause.CLOSED) + failing.reconnects(Cause.UNREACHABLE) == tried - 1
    assert sum(steady.reconnects(cause) for cause in Cause) == 0
    had = len(failing.frames)
    failing.wait_for(lambda: len(failing.frames) >= had + 5)
    assert steady.said == ["alive"]
    times = [frame.at for frame in failing.frames]
    assert times == sorted(times)
    kept = failing.ring.recording(0.0, float("inf"))
    assert kept.start <= times[0]
    assert kept.end >= times[-2]


@pytest.mark.parametrize("fault", ["freeze", "blackhole"])
def test_a_camera_that_falls_silent_is_found_again_when_it_speaks(fault: str) -> None:
    with camera() as server:
        watched = Watched(server, backoff=Backoff.of("c")).start()
        watched.wait_for(lambda: "alive" in watched.said)
        server.faults.freeze = True
        server.faults.blackhole = fault == "blackhole"
        watched.wait_for(lambda: watched.said == ["alive", "lost"], within=2 * READ_TIMEOUT)
        server.faults.freeze = server.faults.blackhole = False
        # Who is being asked when it begins to speak does not answer that question any more.
        asked = OPEN_TIMEOUT if fault == "blackhole" else 0.0
        watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"], within=BACK_WITHIN - 2.0 + asked)
        watched.end()


def test_a_camera_whose_path_is_gone_calls_for_a_person_and_a_stop_ends_the_waiting() -> None:
    with CameraServer({"/other": video()}, user=USER, password=PASSWORD) as server:
        watched = Watched(server).start()
        watched.wait_for(lambda: watched.said == ["person"], within=AT_ONCE)
        assert watched.reconnects(Cause.REFUSED) == 1
        watched.end()


def test_of_a_connection_that_is_lost_nothing_waits_for_a_search_for_garbage(no_search: None) -> None:
    before = len(connections())
    with camera() as server, Watched(server) as watched:
        for lost in range(1, 4):
            watched.wait_for(lambda lost=lost: watched.said.count("alive") == lost)  # type: ignore[misc]
            server.cut()
            watched.wait_for(lambda lost=lost: watched.said.count("lost") == lost)  # type: ignore[misc]
        watched.wait_for(lambda: watched.said.count("alive") == 4)
        assert len(connections()) <= before + 1


@pytest.fixture
def no_search() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def connections() -> list[InputContainer]:
    return [one for one in gc.get_objects() if isinstance(one, InputContainer)]
