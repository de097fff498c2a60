"""`vigilanza watch`: the cameras of a box, or one share of them, from packet to journal."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.counts import WatchCounts
from vigilanza.app.desk import Desk
from vigilanza.app.eyes import Eyes
from vigilanza.app.figures import keep_figures
from vigilanza.app.film import Film
from vigilanza.app.finder import open_finder
from vigilanza.app.heap import leave_alone_what_stays
from vigilanza.app.heir import Heir
from vigilanza.app.livecounts import TapCounts
from vigilanza.app.openings import Openings
from vigilanza.app.outlook import Outlook
from vigilanza.app.parting import Parting
from vigilanza.app.registry import DetectorNeeds
from vigilanza.app.resume import Resumption
from vigilanza.app.seam import Seam
from vigilanza.app.share import Share
from vigilanza.app.shares import watch_shares
from vigilanza.app.siblings import Siblings
from vigilanza.app.sight import tell_seen
from vigilanza.app.studio import tap_of
from vigilanza.capture.economy import Ages, Ladder
from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.stall import StallWatch
from vigilanza.capture.tap import Tap
from vigilanza.clock import Clock
from vigilanza.config import Config, require_assessment, require_cameras
from vigilanza.detect.cores import keep_to_own_thread
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.people_client import PeopleClient
from vigilanza.domain.events import Event

log = structlog.get_logger(__name__)

STALLED_S = 60.0
EXIT_STALLED = 70
"""sysexits.h EX_SOFTWARE: a thread hangs, start the process again."""
_Run: TypeAlias = Callable[[threading.Event], None]


def watch(
    config: Config,
    *,
    clock: Clock,
    stop: threading.Event,
    over: threading.Event,
    share: Share | None = None,
    finder: Path | None = None,
) -> int:
    """Watch until `stop` is set; exit code 0, or EXIT_STALLED if a thread gave no sign of life for STALLED_S.

    Without `share` all cameras, in as many processes as they need. With it those of the share, on this process; people
    are then found by whoever listens at `finder`, or by a thread of this process. Once `over` is set it ends, too: as
    soon as clips under way are whole, for another watch stands by. ConfigError if it may not be watched.
    """
    require_cameras(config)
    require_assessment(config)
    shares = Share.all_of(len(config.cameras), at_most=config.capture.cameras_per_process)
    if share is None and len(shares) > 1:
        return watch_shares(config, shares, clock=clock, stop=stop, over=over)
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        socket = finder or Path(folder) / "finder"
        people = PeopleClient(path=socket, clock=clock)
        # A look that is under way while the interpreter ends would abort the process: it is awaited like the others.
        own = [] if finder is not None else [open_finder(config, socket=socket, clock=clock).run]
        return _watch(config, share or Share(), people, own, socket.parent, clock=clock, stop=stop, over=over)


def _watch(
    config: Config,
    share: Share,
    people: PersonDetector,
    finders: Sequence[_Run],
    meeting: Path,
    *,
    clock: Clock,
    stop: threading.Event,
    over: threading.Event,
) -> int:
    keep_to_own_thread()
    desk = Desk.open(config, share, clock)
    registry = CollectorRegistry()
    ages, stalls, seam = Ages(clock=clock), StallWatch(clock=clock), Seam(config.storage.state, share, clock=clock)
    outlook = Outlook(
        clock,
        CaptureMetrics(registry),
        EventMetrics(registry),
        desk.put,
        desk.book.known,
        partial(_note_age, ages, seam),
        stalls,
        on_seen=desk.doorways.see,
    )
    eyes = _open_eyes(config, share, people, outlook)
    desk.films.update({one.camera.id: Film.of(one.camera, one.ring, config.privacy) for one in eyes})
    registry.register(WatchCounts(desk, eyes, stalls))
    registry.register(seam)
    tap = _tap(config, share, eyes, desk, clock)
    registry.register(TapCounts(tap))
    figures = keep_figures(registry, config.storage.state, f"watch{share.suffix}", clock)
    keepers = [*finders, *desk.runs, stalls.run, Ladder(eyes, ages=ages, clock=clock).run, tap.run, figures]
    if share.count == 1:
        keepers.append(Heir(config.storage.state, [share], record=desk.memory.journal.record, clock=clock).run)
    parting = Parting(over, Siblings(meeting, share, lambda: desk.idle).are_idle, clock)
    code = _keep_watch(eyes, desk, keepers, clock=clock, stop=stop, parting=parting)
    if code == 0:
        seam.keep()
    return code


def _open_eyes(config: Config, share: Share, people: PersonDetector, outlook: Outlook) -> list[Eyes]:
    return [
        Eyes(
            camera=camera,
            ring=config.ring,
            needs=DetectorNeeds(people, learned_folder(config, camera.id), camera.masks),
            outlook=outlook,
        )
        for camera in share.of(config.cameras)
    ]


def _tap(config: Config, share: Share, eyes: Sequence[Eyes], desk: Desk, clock: Clock) -> Tap:
    rings = {stream: ring for one in eyes for stream, ring in one.rings.items()}
    return Tap(
        path=tap_of(config, share),
        rings=rings,
        hidden=desk.doorways.hidden,
        looked_at={one.camera.id: one.looked_at for one in eyes if desk.films[one.camera.id].leaves},
        seen={one.camera.id: tell_seen(one.pipeline.belief) for one in eyes},
        clock=clock,
    )


def _note_age(ages: Ages, seam: Seam, camera: str, seconds: float) -> None:
    ages.note(camera, seconds)
    seam.note(camera, seconds)


def learned_folder(config: Config, camera: str) -> Path:
    """Where a camera's detectors keep what they have learned; made if missing."""
    folder = config.storage.state / "learned" / camera
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep_watch(
    eyes: Sequence[Eyes],
    desk: Desk,
    keepers: Sequence[_Run],
    *,
    clock: Clock,
    stop: threading.Event,
    parting: Parting,
) -> int:
    """Keepers first and longest: they still take what the eyes saw last."""
    resumption = Resumption(
        recorded=desk.memory.journal.open_incidents,
        spooled=desk.spool.first(len(desk.spool)),
        resume=partial(_resume, eyes, desk.openings),
        clock=clock,
        on_answer=desk.openings.complete,
    )
    drained = threading.Event()
    keeping = [_start(run, drained) for run in keepers]
    resuming = _start(resumption.run, stop)
    resumption.wait()
    desk.book.wait()
    leave_alone_what_stays()
    seeing = [thread for one in eyes for thread in one.start(stop)]
    stalled = _mind(eyes, clock, stop, parting)
    for one in eyes:
        one.hurry()
    for thread in (*seeing, resuming):
        thread.join(timeout=10.0)
    drained.set()
    for thread in keeping:
        thread.join(timeout=30.0)
    return EXIT_STALLED if stalled else 0


def _resume(eyes: Sequence[Eyes], openings: Openings, last_events: Sequence[Event]) -> None:
    openings.note(last_events)
    for one in eyes:
        one.resume(last_events)


def _mind(eyes: Sequence[Eyes], clock: Clock, stop: threading.Event, parting: Parting) -> bool:
    """Wait for `stop` or the parting, looking at the threads once a second. True if one hangs."""
    before = clock.monotonic()
    while not clock.wait(1.0, stop):
        if parting.has_come():
            stop.set()
            return False
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
