"""`vigilanza watch`: all cameras of a box, from packet to journal."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.counts import WatchCounts
from vigilanza.app.eyes import Eyes
from vigilanza.app.figures import keep_figures
from vigilanza.app.memory import open_memory
from vigilanza.app.orderbook import AHEAD_S, CAPACITY, SINCE_S, OrderBook
from vigilanza.app.pinner import Film, Pinner, recording_and_pinning
from vigilanza.app.registry import DetectorNeeds, open_people
from vigilanza.app.resume import Resumption
from vigilanza.capture.health import CaptureMetrics
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.events import Event
from vigilanza.store.recorder import Recorder
from vigilanza.store.spool import Spool
from vigilanza.store.workorders import WorkOrders

log = structlog.get_logger(__name__)

STALLED_S = 60.0
EXIT_STALLED = 70
"""sysexits.h EX_SOFTWARE: a thread hangs, start the process again."""
_Run: TypeAlias = Callable[[threading.Event], None]


def watch(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Watch until `stop` is set; exit code 0, or EXIT_STALLED if a thread gave no sign of life for STALLED_S."""
    config.storage.state.mkdir(parents=True, exist_ok=True)
    memory = open_memory(config, clock=clock)
    registry = CollectorRegistry()
    people = open_people(config.detection)
    metrics = CaptureMetrics(registry)
    spool = Spool(config.storage.state / "events.spool")
    films: dict[str, Film] = {}
    pinner = Pinner(
        films=films, media=memory.media, clips=config.clips, clock=clock, workshop=config.storage.state / "clips"
    )
    recorder = Recorder(record=recording_and_pinning(memory.journal.record, pinner), spool=spool, clock=clock)
    needed = partial(
        WorkOrders(engine=memory.engine, clock=clock).needed, since=SINCE_S, ahead=AHEAD_S, limit=CAPACITY + 1
    )
    book = OrderBook(needed=needed, clock=clock)
    eyes = [
        Eyes(
            camera=camera,
            ring=config.ring,
            needs=DetectorNeeds(people, learned_folder(config, camera.id), camera.masks),
            clock=clock,
            metrics=metrics,
            put=recorder.put,
            orders=book.known,
        )
        for camera in config.cameras
    ]
    films |= {one.camera.id: Film(one.ring, one.camera.masks) for one in eyes}
    registry.register(WatchCounts(recorder=recorder, spool=spool, pinner=pinner, book=book, eyes=eyes))
    resumption = Resumption(
        recorded=memory.journal.open_incidents,
        spooled=spool.first(len(spool)),
        resume=partial(_resume, eyes),
        clock=clock,
    )
    keepers = (recorder.run, pinner.run, book.run, keep_figures(registry, config.storage.state, "watch", clock))
    return _watch(eyes, resumption, book, keepers, clock=clock, stop=stop)


def learned_folder(config: Config, camera: str) -> Path:
    """Where a camera's detectors keep what they have learned; made if missing."""
    folder = config.storage.state / "learned" / camera
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _watch(
    eyes: Sequence[Eyes],
    resumption: Resumption,
    book: OrderBook,
    keepers: Sequence[_Run],
    *,
    clock: Clock,
    stop: threading.Event,
) -> int:
    """Keepers first and longest: they still take what the eyes saw last."""
    drained = threading.Event()
    keeping = [_start(run, drained) for run in keepers]
    resuming = _start(resumption.run, stop)
    resumption.wait()
    book.wait()
    seeing = [thread for one in eyes for thread in one.start(stop)]
    stalled = _mind(eyes, clock, stop)
    for thread in (*seeing, resuming):
        thread.join(timeout=10.0)
    drained.set()
    for thread in keeping:
        thread.join(timeout=30.0)
    return EXIT_STALLED if stalled else 0


def _resume(eyes: Sequence[Eyes], last_events: Sequence[Event]) -> None:
    for one in eyes:
        one.resume(last_events)


def _mind(eyes: Sequence[Eyes], clock: Clock, stop: threading.Event) -> bool:
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


def _start(run: _Run, stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=run, args=(stop,), daemon=True)
    thread.start()
    return thread
