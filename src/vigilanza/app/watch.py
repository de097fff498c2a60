"""`vigilanza watch`: all cameras of a box, from packet to journal."""

import threading
from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.eyes import Eyes
from vigilanza.app.figures import keep_figures
from vigilanza.app.memory import open_memory
from vigilanza.app.pinner import Film, Pinner, recording_and_pinning
from vigilanza.app.registry import DetectorNeeds
from vigilanza.capture.health import CaptureMetrics
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.detect.weights import load_movenet
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.recorder import Recorder
from vigilanza.store.spool import Spool

log = structlog.get_logger(__name__)

STALLED_S = 60.0
EXIT_STALLED = 70
"""sysexits.h EX_SOFTWARE: a thread hangs, start the process again."""


def watch(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Watch until `stop` is set; exit code 0, or EXIT_STALLED if a thread gave no sign of life for STALLED_S."""
    config.storage.state.mkdir(parents=True, exist_ok=True)
    memory = open_memory(config, clock=clock)
    registry = CollectorRegistry()
    needs = DetectorNeeds(session=load_movenet(), state=config.storage.state)
    metrics = CaptureMetrics(registry)
    spool = Spool(config.storage.state / "events.spool")
    films: dict[str, Film] = {}
    pinner = Pinner(films=films, media=memory.media, clips=config.clips, clock=clock)
    recorder = Recorder(record=recording_and_pinning(memory.journal.record, pinner), spool=spool, clock=clock)
    eyes = [
        Eyes(camera=camera, ring=config.ring, needs=needs, clock=clock, metrics=metrics, put=recorder.put)
        for camera in config.cameras
    ]
    films |= {one.camera.id: Film(one.ring, one.camera.masks) for one in eyes}
    drained = threading.Event()
    keepers = [
        _start(recorder.run, drained, "recorder"),
        _start(pinner.run, drained, "pinner"),
        _start(keep_figures(registry, config.storage.state, "watch", clock), drained, "figures"),
    ]
    for one in eyes:
        one.pipeline.resume(_still_open(memory.journal.open_incidents))
    seeing = [thread for one in eyes for thread in one.start(stop)]
    stalled = _mind(eyes, clock, stop)
    for thread in seeing:
        thread.join(timeout=10.0)
    drained.set()
    for thread in keepers:
        thread.join(timeout=30.0)
    return EXIT_STALLED if stalled else 0


def _mind(eyes: list[Eyes], clock: Clock, stop: threading.Event) -> bool:
    """Wait for `stop`, looking at the threads once a second. True if one hangs."""
    before = clock.monotonic()
    while not clock.wait(1.0, stop):
        now = clock.monotonic()
        paused, before = now - before > STALLED_S / 2, now
        for one in eyes:
            # If this loop itself slept that long, the whole machine did, and the threads are about to go on.
            if not paused and now - one.last_beat() > STALLED_S:
                log.critical("a camera's thread hangs: starting again", camera=one.camera.id)
                one.declare_lost(clock.now())
                stop.set()
                return True
    return False


def _still_open(ask: Callable[[], list]) -> list:  # type: ignore[type-arg]
    try:
        return ask()
    except JournalUnavailable as error:
        log.error("journal is away: open incidents begin anew", why=str(error))
        return []


def _start(run: Callable[[threading.Event], None], stop: threading.Event, name: str) -> threading.Thread:
    thread = threading.Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    return thread
