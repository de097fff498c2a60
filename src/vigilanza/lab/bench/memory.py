"""Row: does memory grow over very many reconnections, and over a week of pictures?"""

import threading
from collections.abc import Callable, Sequence
from random import Random
from typing import ParamSpec

from vigilanza.capture.backoff import Backoff
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.late import LateDecoder, Sleepless
from vigilanza.capture.ring import GopRing
from vigilanza.capture.rtsp import RtspSource
from vigilanza.capture.worker import CameraWorker
from vigilanza.clock import SystemClock
from vigilanza.domain.frame import Frame
from vigilanza.lab.bench.apart import apart
from vigilanza.lab.bench.bench import Bench, MakePipeline, Measured
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.meter import resident_bytes
from vigilanza.lab.bench.slope import SURE, Slope
from vigilanza.lab.bench.workload import Day, Scene, write_key_frames
from vigilanza.lab.bench.yard import Camera, CameraYard

P = ParamSpec("P")
RECONNECTS, WEEK_S = 20_000, 7 * 86_400.0
_QUICK = 50
"""A quick run does this part of it."""
_CAMERAS, _CUT_S = 32, 1.2
_SAMPLES = 200
_START_AT = 1_795_000_000.0
_STEP_S = 2.0
"""Quiet pictures come as seldom as key frames do: those are what a quiet camera shows."""
_VISIT_EVERY_S, _VISIT_S, _RATE_HZ = 3600.0, 6.0, 5.0
Series = list[tuple[float, float]]
"""(reconnections or seconds so far, bytes resident)"""


def reconnects(cameras: Sequence[Camera], count: int) -> Series:
    """Connect to cameras that break the connection again and again, until `count` connections gave a picture."""
    clock, stop, lock = SystemClock(), threading.Event(), threading.Lock()
    alive = 0

    def found(_: float) -> None:
        nonlocal alive
        with lock:
            alive += 1

    workers = [
        CameraWorker(
            camera=camera.id,
            source=RtspSource(url=camera.sub, user=None, password=None, clock=clock),
            clock=clock,
            ring=GopRing(seconds=60.0, max_bytes=4_000_000),  # full at all times: else how full it is would count
            decoder=LateDecoder(decoder=Decoder(camera=camera.id, rate_hz=_RATE_HZ), sentry=Sleepless()),
            on_frame=lambda _: None,
            on_lost=lambda *_: None,
            on_alive=found,
            backoff=Backoff(Random(camera.id), first=0.02, outage_max=0.1),
        )
        for camera in cameras
    ]
    for worker in workers:
        threading.Thread(target=worker.run, args=(stop,), daemon=True).start()
    series: Series = []
    while alive < count:
        clock.wait(0.05, stop)
        if alive * _SAMPLES >= len(series) * count:
            series.append((float(alive), float(resident_bytes())))
    stop.set()
    return series


def week(quiet: Scene, visit: Scene, make: MakePipeline, seconds: float) -> Series:
    """Show a pipeline the pictures of `seconds`: a quiet one every two, and a visit every hour."""
    pictures = [_pictures(scene, limit) for scene, limit in ((quiet, 20), (visit, round(_VISIT_S * _RATE_HZ)))]
    pipeline = make(quiet.camera, quiet.watched_doors())
    series: Series = []
    passed, number, next_visit = 0.0, 0, _VISIT_EVERY_S
    while passed < seconds:
        if passed >= next_visit:
            next_visit += _VISIT_EVERY_S
            for frame in pictures[1]:
                passed += 1.0 / _RATE_HZ
                pipeline.process(_at(frame, _START_AT + passed))
        else:
            passed, number = passed + _STEP_S, number + 1
            pipeline.process(_at(pictures[0][number % len(pictures[0])], _START_AT + passed))
        if passed * _SAMPLES >= len(series) * seconds:
            series.append((passed, float(resident_bytes())))
    return series


def memory(bench: Bench, make: MakePipeline, begin: Callable[[], object]) -> Measured:
    """Both, each in a process of its own, which calls `begin` first, as the parts of watch do."""
    quiet = bench.scenes(Day(0.0, 20.0))
    visit = next(one for one in bench.scenes(Day(1.0, 20.0)) if one.camera == quiet[0].camera)
    part = _QUICK if bench.quick else 1
    keys = [write_key_frames(quiet[0], bench.stage.folder / "key-frames.mp4")]
    with CameraYard(_CAMERAS, keys, cut_every=_CUT_S) as cameras:
        connected = apart(bench.stage, _begun, begin, reconnects, cameras, RECONNECTS // part)
    lived = apart(bench.stage, _begun, begin, week, quiet[0], visit, make, WEEK_S / part)
    figures = (
        *growth(f"{RECONNECTS // part} reconnections, per 1000", connected, 1000.0, judged=not bench.quick),
        *growth(f"{WEEK_S / part / 86_400:.2g} days of pictures, per day", lived, 86_400.0, judged=not bench.quick),
    )
    return Measured(figures, {"reconnects": connected, "week": lived})


def _begun(begin: Callable[[], object], work: Callable[P, Series], *args: P.args, **kwargs: P.kwargs) -> Series:
    begin()
    return work(*args, **kwargs)


def growth(says: str, series: Series, per: float, *, judged: bool) -> tuple[Figure, Figure]:
    """Its limit is what may be nothing but noise; a short series, in which caches still fill, is not `judged`."""
    slope = Slope.of(series)
    limit = SURE * slope.error * per / 1000 if judged else None
    return (
        Figure(f"{says}: growth", slope.per_unit * per / 1000, "kB", limit),
        Figure(f"{says}: memory at the end", series[-1][1] / 1e6, "MB"),
    )


def _pictures(scene: Scene, limit: int) -> list[Frame]:
    decoder = Decoder(camera=scene.camera, rate_hz=_RATE_HZ)
    frames: list[Frame] = []
    for packet in FileSource(path=scene.video, start_at=0.0).packets(threading.Event()):
        frames += decoder.frames(packet)
        if len(frames) >= limit:
            break
    return frames[:limit]


def _at(frame: Frame, at: float) -> Frame:
    return Frame(frame.camera, at, frame.luma, frame.chroma)
