"""Who listens to a worker that reads scripted packets."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes import FakeClock, whole_waits
from tests.videos import video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet
from vigilanza.capture.source import Source
from vigilanza.capture.worker import CameraWorker
from vigilanza.domain.errors import SourceRefused, SourceUnavailable
from vigilanza.domain.frame import Frame

START = 1_795_000_000.0
AWAY = SourceUnavailable("camera away")
WRONG = SourceRefused("wrong password")


@dataclass
class Listener:
    """Writes down what the worker says; stops the worker when `enough` says so."""

    stop: threading.Event = field(default_factory=threading.Event)
    frames: list[Frame] = field(default_factory=list)
    said: list[tuple[str, float, str, bool]] = field(default_factory=list)
    enough: Callable[["Listener"], bool] = lambda _: False
    threads: set[int] = field(default_factory=set)

    def on_frame(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._check()

    def on_lost(self, at: float, why: str, needs_a_person: bool) -> None:
        self.said.append(("lost", at, why, needs_a_person))
        self._check()

    def on_alive(self, at: float) -> None:
        self.said.append(("alive", at, "", False))
        self._check()

    def on_tick(self, at: float) -> None:
        self.said.append(("tick", at, "", False))
        self._check()

    def kinds(self) -> list[str]:
        return [kind for kind, *_ in self.said if kind != "tick"]

    def _check(self) -> None:
        self.threads.add(threading.get_ident())
        if self.enough(self):
            self.stop.set()


def worker_for(source: Source, clock: FakeClock, listener: Listener, **more: object) -> CameraWorker:
    parts: dict[str, object] = {
        "ring": None,
        "decoder": Decoder(camera="c", rate_hz=100),
        "on_frame": listener.on_frame,
        "on_lost": listener.on_lost,
        "on_alive": listener.on_alive,
        "on_tick": listener.on_tick,
        "backoff": whole_waits(),
    }
    return CameraWorker(camera="c", source=source, clock=clock, **{**parts, **more})  # type: ignore[arg-type]


def packets() -> list[Packet]:
    return list(FileSource(path=video(), start_at=START).packets(threading.Event()))
