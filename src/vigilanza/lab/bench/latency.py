"""Row: from a camera sending a picture to what was seen in it."""

import threading
from collections.abc import Iterator, Sequence
from statistics import quantiles

from vigilanza.capture.decode import Decoder
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.worker import CameraWorker
from vigilanza.clock import Clock, SystemClock
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.frame import Frame
from vigilanza.lab.bench.apart import apart
from vigilanza.lab.bench.bench import Bench, MakePipeline, Measured
from vigilanza.lab.bench.contestant import NotMeasured
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.workload import SUB_FPS, Day
from vigilanza.lab.bench.yard import Camera, CameraYard

INTERVALS, MORE_S, CAMERAS = 1.5, 0.060, 32
_RATE_HZ = 5.0
"""Pictures analysed a second, as configured by default."""
_SETTLE_S = 10.0
PATIENCE_S = 60.0
_AWAKE, _OTHERS = Day(1.0, 60.0), Day(0.05, 240.0)
_KEPT = 1000


class TimedSource:
    """A camera's stream, which remembers when the camera sent each picture, by the camera's own clock (RTCP)."""

    def __init__(self, source: RtspSource) -> None:
        self._source = source
        self.sent: dict[float, float] = {}
        """`at` of a packet → UTC, Unix seconds, at which it was sent; the last thousand."""

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets."""
        for packet in self._source.packets(stop):
            if packet.camera_at is not None:
                self.sent[packet.at] = packet.camera_at
            if len(self.sent) > _KEPT:
                del self.sent[next(iter(self.sent))]
            yield packet


class Watcher:
    """One camera from its stream to its pipeline; `ages` are seconds from sending a picture to having observed it.

    Pictures that were left out while the scene was quiet and decoded afterwards are not among them.
    """

    def __init__(self, camera: Camera, pipeline: Pipeline, clock: Clock) -> None:
        self.ages: list[float] = []
        self._pipeline, self._clock = pipeline, clock
        self._decoder = LateDecoder(decoder=Decoder(camera=camera.id, rate_hz=_RATE_HZ), sentry=pipeline.sentry)
        self._source = TimedSource(RtspSource(url=camera.sub, user=None, password=None, clock=clock))
        self.worker = CameraWorker(
            camera=camera.id,
            source=self._source,
            clock=clock,
            ring=GopRing(seconds=120.0, max_bytes=64_000_000),
            decoder=self._decoder,
            on_frame=self._look,
            on_lost=lambda *_: None,
            on_alive=lambda _: None,
        )

    def _look(self, frame: Frame) -> None:
        self._pipeline.process(frame)
        sent = self._source.sent.get(frame.at)
        if sent is not None and not self._decoder.catching_up:
            self.ages.append(self._clock.now() - sent)


def ages(cameras: Sequence[Camera], make: MakePipeline, *, settle: float, seconds: float) -> list[float]:
    """Watch all cameras, after `settle` for `seconds`; the ages of the first one's pictures.

    All clocks are this machine's. If there is none by then, the first is waited for, at most PATIENCE_S.
    """
    clock, stop = SystemClock(), threading.Event()
    watchers = [Watcher(camera, make(camera.id, camera.scene.watched_doors()), clock) for camera in cameras]
    threads = [threading.Thread(target=one.worker.run, args=(stop,), daemon=True) for one in watchers]
    for thread in threads:
        thread.start()
    clock.wait(settle, stop)
    watchers[0].ages.clear()
    clock.wait(seconds, stop)
    give_up = clock.monotonic() + PATIENCE_S
    while not watchers[0].ages and clock.monotonic() < give_up:
        clock.wait(0.1, stop)
    found = list(watchers[0].ages)
    stop.set()
    return found


def latency(bench: Bench, make: MakePipeline) -> Measured:
    """One camera, always with people; then the same beside others with a realistic day."""
    seconds = 20.0 if bench.quick else 120.0
    awake, others = bench.scenes(_AWAKE)[:1], bench.scenes(_OTHERS)
    figures, details = [], {}
    for count in (1, CAMERAS):
        with CameraYard(1, awake) as first, CameraYard(max(1, count - 1), others) as rest:
            cameras = [*first, *rest[: count - 1]]
            found = apart(bench.stage, ages, cameras, make, settle=_SETTLE_S, seconds=seconds)
        if len(found) < 2:
            raise NotMeasured(f"with {count} cameras no picture was observed")
        limit = INTERVALS / SUB_FPS + (MORE_S if count > 1 else 0.0)
        cut = quantiles(found, n=100)
        figures += [
            Figure(f"{_cameras(count)}: p99", 1000 * cut[98], "ms", 1000 * limit),
            Figure(f"{_cameras(count)}: median", 1000 * cut[49], "ms"),
        ]
        details[_cameras(count)] = {"pictures": len(found), "longest_ms": 1000 * max(found)}
    return Measured(tuple(figures), details)


def _cameras(count: int) -> str:
    return "1 camera" if count == 1 else f"{count} cameras"
