"""A camera goes and comes back; the others notice nothing."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.videos import video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.ring import GopRing
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.worker import CameraWorker
from vigilanza.clock import SystemClock
from vigilanza.domain.frame import Frame
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()
PATIENCE = 30.0


@dataclass
class Watched:
    """A camera with its worker on a thread of its own, and what the worker said."""

    server: CameraServer
    stop: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    frames: list[Frame] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ring: GopRing = field(default_factory=lambda: GopRing(seconds=60.0, max_bytes=10**7))
    thread: threading.Thread | None = None

    def start(self) -> "Watched":
        source = RtspSource(
            url=self.server.url("/main"), user="vigil", password="pw", clock=CLOCK, open_timeout=2.0, read_timeout=0.8
        )
        worker = CameraWorker(
            camera="c",
            source=source,
            clock=CLOCK,
            ring=self.ring,
            decoder=Decoder(camera="c", rate_hz=10),
            on_frame=lambda frame: self._note(lambda: self.frames.append(frame)),
            on_lost=lambda at, why, person: self._note(lambda: self.said.append("person" if person else "lost")),
            on_alive=lambda at: self._note(lambda: self.said.append("alive")),
            retry_after=0.1,
            retry_max=0.4,
        )
        self.thread = threading.Thread(target=worker.run, args=(self.stop,), daemon=True)
        self.thread.start()
        return self

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE), (self.said, len(self.frames))

    def end(self) -> None:
        self.stop.set()
        if self.thread is not None:
            self.thread.join(PATIENCE)
            assert not self.thread.is_alive()

    def _note(self, write: Callable[[], None]) -> None:
        with self.changed:
            write()
            self.changed.notify_all()


def camera() -> CameraServer:
    return CameraServer({"/main": video()}, clock=CLOCK, user="vigil", password="pw")


@pytest.fixture
def pair() -> Iterator[tuple[Watched, Watched]]:
    with camera() as one, camera() as two:
        watched = Watched(one).start(), Watched(two).start()
        yield watched
        for each in watched:
            each.end()


def test_a_camera_that_goes_and_comes_back_is_lost_once_and_found_again_and_the_other_sees_on(
    pair: tuple[Watched, Watched],
) -> None:
    failing, steady = pair
    for each in pair:
        each.wait_for(lambda each=each: len(each.frames) >= 5)  # type: ignore[misc]
    failing.server.unplug()
    failing.wait_for(lambda: failing.said == ["alive", "lost"])
    seen = len(steady.frames)
    steady.wait_for(lambda: len(steady.frames) >= seen + 15)
    assert failing.said == ["alive", "lost"]
    failing.server.plug_in()
    failing.wait_for(lambda: failing.said == ["alive", "lost", "alive"])
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
        watched = Watched(server).start()
        watched.wait_for(lambda: "alive" in watched.said)
        server.faults.freeze = True
        server.faults.blackhole = fault == "blackhole"
        watched.wait_for(lambda: watched.said == ["alive", "lost"])
        server.faults.freeze = server.faults.blackhole = False
        watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"])
        watched.end()


def test_a_camera_whose_path_is_gone_calls_for_a_person_and_a_stop_ends_the_waiting() -> None:
    with CameraServer({"/other": video()}, clock=CLOCK, user="vigil", password="pw") as server:
        watched = Watched(server).start()
        watched.wait_for(lambda: watched.said == ["person"])
        watched.end()
