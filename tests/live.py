"""A camera that is watched in this process, with a tap, and a studio that asks there."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.watched import PASSWORD, USER, Watched
from vigilanza.app.studio import LiveStudio
from vigilanza.capture.ring import GopRing
from vigilanza.capture.tap import Seen, Tap
from vigilanza.clock import Clock, SystemClock
from vigilanza.config import Camera
from vigilanza.domain.door import Polygon
from vigilanza.lab.simcam import CameraServer

RIGHT_HALF: Polygon = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))


def camera(name: str = "c", *, masks: Sequence[Polygon] = ()) -> Camera:
    return Camera(name, "rtsp://camera/main", None, "tcp", None, 5.0, (), tuple(masks))


@dataclass(slots=True)
class Hidden:
    """`outline` is black in what is taken from `since` to `until`, UTC in Unix seconds."""

    outline: Polygon = RIGHT_HALF
    since: float = float("inf")
    until: float = float("inf")

    def __call__(self, camera: str, at: float) -> tuple[Polygon, ...]:
        return (self.outline,) if self.since <= at < self.until else ()


@contextmanager
def tapped(
    path: Path,
    ring: GopRing,
    *,
    name: str = "c",
    clock: Clock | None = None,
    hidden: Hidden | None = None,
    looked_at: GopRing | None = None,
    seen: Seen = lambda: None,
) -> Iterator[Tap]:
    """A tap at `path` with one camera's ring."""
    tap = Tap(
        path=path,
        rings={name: ring},
        hidden=hidden or Hidden(),
        looked_at={} if looked_at is None else {name: looked_at},
        seen={name: seen},
        clock=clock or SystemClock(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=tap.run, args=(stop,))
    thread.start()
    try:
        while not path.exists():
            assert thread.is_alive()
            stop.wait(0.01)
        yield tap
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Live:
    """All of it, running."""

    server: CameraServer
    watched: Watched
    tap: Tap
    studio: LiveStudio


@contextmanager
def live(folder: Path, film: Path, *, masks: Sequence[Polygon] = (), hidden: Hidden | None = None) -> Iterator[Live]:
    """The camera `c` shows `film` again and again."""
    with ExitStack() as stack:
        server = stack.enter_context(CameraServer({"/main": film}, user=USER, password=PASSWORD))
        watched = stack.enter_context(Watched(server, keyframe_timeout=10.0))
        watched.wait_for_frames(1)
        tap = stack.enter_context(tapped(folder / "live.socket", watched.ring, hidden=hidden))
        studio = LiveStudio(cameras=[camera(masks=masks)], taps={"c": folder / "live.socket"}, clock=SystemClock())
        stack.callback(studio.close)
        yield Live(server, watched, tap, studio)
