"""A simulated camera with a worker on a thread of its own, and what the worker said."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Literal

from prometheus_client import CollectorRegistry

from vigilanza.capture.backoff import Backoff
from vigilanza.capture.cause import Cause
from vigilanza.capture.decode import Decoder
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.ring import GopRing
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.steadiness import Steadiness
from vigilanza.capture.worker import CameraWorker
from vigilanza.clock import Clock, SystemClock
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.events import Event
from vigilanza.domain.frame import Frame
from vigilanza.lab.simcam import CameraServer

USER, PASSWORD = "vigil", "pw"
PATIENCE = 60.0
"""Generous: a wait that takes as long has failed."""
SLACK = 4.0
"""Of a machine that is busy with other things: a limit is broken by more than that."""
AT_ONCE, BACK_WITHIN = 0.1, 5.0
"""Seconds until a connection that is gone is told, and until a camera that is back is seen, whatever wait its worker is
at: promised in docs/design/capture-faults.md.
"""
OPEN_TIMEOUT, READ_TIMEOUT = 2.0, 0.6


@dataclass
class Watched:
    """Reads `server` from `start` (or `with`) to `end`; `said` holds alive, lost and person, `why` the words to it.

    With a `pipeline`, `events` is what that makes of pictures and losses. A server may be given by its `url` alone.
    """

    server: CameraServer | None
    url: str = ""
    camera: str = "c"
    transport: Literal["tcp", "udp"] = "tcp"
    clock: Clock = field(default_factory=SystemClock)
    backoff: Backoff = field(default_factory=lambda: Backoff(Random("c"), 0.1, 0.4, 0.2, 0.4))
    picture_timeout: float = 1.0
    keyframe_timeout: float = 1.5
    steadiness: Steadiness | None = None
    pipeline: Pipeline | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    frames: list[Frame] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ring: GopRing = field(default_factory=lambda: GopRing(seconds=60.0, max_bytes=10**7))
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    thread: threading.Thread | None = None
    worker: CameraWorker | None = None

    def start(self) -> "Watched":
        assert self.url or self.server is not None
        source = RtspSource(
            url=self.url or self.server.url("/main"),  # type: ignore[union-attr] # said above
            user=USER,
            password=PASSWORD,
            clock=self.clock,
            transport=self.transport,
            open_timeout=OPEN_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            keyframe_timeout=self.keyframe_timeout,
        )
        self.worker = CameraWorker(
            camera=self.camera,
            source=source,
            clock=self.clock,
            ring=self.ring,
            decoder=Decoder(camera=self.camera, rate_hz=10),
            on_frame=lambda frame: self._note(lambda: self._look(frame)),
            on_lost=lambda at, why, person: self._note(lambda: self._lose(at, why, person)),
            on_alive=lambda at: self._note(lambda: self.said.append("alive")),
            metrics=CaptureMetrics(self.registry).of(self.camera),
            backoff=self.backoff,
            picture_timeout=self.picture_timeout,
            steadiness=self.steadiness,
        )
        self.thread = threading.Thread(target=self.worker.run, args=(self.stop,), daemon=True)
        self.thread.start()
        return self

    def __enter__(self) -> "Watched":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def wait_for(self, condition: Callable[[], bool], *, within: float | None = None) -> float:
        """Seconds until it is so; AssertionError if that is more than `within`, and SLACK."""
        begun = SystemClock().monotonic()
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE), (self.said, self.why, len(self.frames))
        took = SystemClock().monotonic() - begun
        assert within is None or took <= within + SLACK, f"{took:.1f} s instead of {within:.1f} s: {self.said}"
        return took

    def wait_for_frames(self, count: int) -> float:
        """Until `count` more pictures came."""
        wanted = len(self.frames) + count
        return self.wait_for(lambda: len(self.frames) >= wanted)

    def metric(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"vigilanza_capture_{name}", {"camera": self.camera})

    def reconnects(self, cause: Cause) -> float:
        labels = {"camera": self.camera, "cause": cause.value}
        return self.registry.get_sample_value("vigilanza_capture_reconnects_total", labels) or 0.0

    def end(self) -> None:
        self.stop.set()
        if self.thread is not None:
            self.thread.join(PATIENCE)
            assert not self.thread.is_alive()

    def _look(self, frame: Frame) -> None:
        self.frames.append(frame)
        if self.pipeline is not None and self.worker is not None:
            self.events += self.pipeline.process(frame, steady=self.worker.steady)

    def _lose(self, at: float, why: str, person: bool) -> None:
        self.said.append("person" if person else "lost")
        self.why.append(why)
        if self.pipeline is not None:
            self.events += self.pipeline.lose(at)

    def _note(self, write: Callable[[], None]) -> None:
        with self.changed:
            write()
            self.changed.notify_all()
