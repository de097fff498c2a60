"""`vigilanza watch`: the cameras of a box, or one share of them, from packet to journal."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.counts import WatchCounts
from vigilanza.app.desk import Desk
from vigilanza.app.eyes import Eyes
from vigilanza.app.figures import keep_figures
from vigilanza.app.finder import open_finder
from vigilanza.app.heap import leave_alone_what_stays
from vigilanza.app.heir import Heir
from vigilanza.app.learnedfolder import learned_folder
from vigilanza.app.livecounts import TapCounts
from vigilanza.app.outlook import Outlook
from vigilanza.app.part import start_part as start_fresh
from vigilanza.app.parting import Parting
from vigilanza.app.posts import Posts
from vigilanza.app.registry import DetectorNeeds
from vigilanza.app.seam import Seam
from vigilanza.app.share import Share, shares_of
from vigilanza.app.shares import StartPart, watch_shares
from vigilanza.app.siblings import Siblings
from vigilanza.app.strays import Strays
from vigilanza.app.studio import tap_of
from vigilanza.capture.economy import Ages, Ladder
from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.stall import StallWatch
from vigilanza.capture.tap import Tap
from vigilanza.clock import Clock
from vigilanza.config import Camera, Config, SharingSettings, require_assessment, require_cameras
from vigilanza.detect.cores import keep_to_own_thread
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.people_client import PeopleClient
from vigilanza.domain.events import Event

if TYPE_CHECKING:
    from vigilanza.app.leases import Leases

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
    start_part: StartPart = start_fresh,
) -> int:
    """Watch until `stop` is set; exit code 0, or EXIT_STALLED if a thread gave no sign of life for STALLED_S.

    Without `share` all cameras, in as many processes as they need, which `start_part` starts. With it those of the
    share, on this process; people are then found by whoever listens at `finder`, or by a thread of this process. Where
    boxes share the cameras of a site it is those of which it holds the lease. Once `over` is set it ends, too: as soon
    as clips under way are whole, for another watch stands by. ConfigError if it may not be watched.
    """
    require_cameras(config)
    require_assessment(config)
    shares = shares_of(config)
    if share is None and len(shares) > 1:
        return watch_shares(config, shares, start_part=start_part, clock=clock, stop=stop, over=over)
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        socket = finder or Path(folder) / "finder"
        people = PeopleClient(path=socket, clock=clock)
        # A look that is under way while the interpreter ends would abort the process: it is awaited like the others.
        own = [] if finder is not None else [open_finder(config, socket=socket, clock=clock).run]
        return _watch(config, share or Share(), people, own, socket.parent, clock=clock, stop=stop, over=over)


def _watch(
    config: Config,
    share: Share,
    people: PeopleClient,
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
    leases = None if config.sharing is None else _open_leases(config, config.sharing, share, desk, registry, clock)
    put = desk.put if leases is None else leases.duties.put
    posts = _posts(config, people, desk, registry, put, partial(_note_age, ages, seam), stalls, clock)
    if leases is None:
        posts.open(share.of(config.cameras))
    registry.register(WatchCounts(desk, posts, stalls, people.late))
    registry.register(seam)
    tap = _tap(tap_of(config, share), posts, desk, clock)
    registry.register(TapCounts(tap))
    ladder = Ladder(posts, ages=ages, clock=clock)
    strays = Strays(posts, recorded=desk.memory.journal.open_at, note=desk.openings.note, clock=clock)
    figures = keep_figures(registry, config.storage.state, f"watch{share.suffix}", clock)
    keepers = [*finders, *desk.runs, stalls.run, ladder.run, strays.run, tap.run, figures]
    if share.count == 1:
        keepers.append(Heir(config.storage.state, [share], record=desk.memory.journal.record, clock=clock).run)
    parting = Parting(over, Siblings(meeting, share, lambda: desk.idle).are_idle, clock)
    code = _keep_watch(posts, desk, keepers, leases, clock=clock, stop=stop, parting=parting)
    if code == 0:
        seam.keep()
    return code


def _open_leases(
    config: Config, sharing: SharingSettings, share: Share, desk: Desk, registry: CollectorRegistry, clock: Clock
) -> "Leases":
    """Where nothing is shared its libraries are not loaded: 7 MB."""
    from vigilanza.app.leasecounts import LeaseCounts
    from vigilanza.app.leases import open_leases

    leases = open_leases(config, sharing, share, desk, clock)
    registry.register(LeaseCounts(leases, is_first=share.index == 1))
    return leases


def _posts(
    config: Config,
    people: PersonDetector,
    desk: Desk,
    registry: CollectorRegistry,
    put: Callable[[Sequence[Event]], None],
    on_age: Callable[[str, float], None],
    stalls: StallWatch,
    clock: Clock,
) -> Posts:
    captured, heard = CaptureMetrics(registry), EventMetrics(registry)
    seen = desk.doorways.see
    outlook = Outlook(clock, captured, heard, put, desk.book.known, on_age, stalls, on_seen=seen)
    open_eyes, forget = partial(_open_eyes, config, people, outlook), partial(_forget, captured, heard)
    return Posts(open_eyes=open_eyes, desk=desk, privacy=config.privacy, clock=clock, forget=forget)


def _open_eyes(config: Config, people: PersonDetector, outlook: Outlook, camera: Camera) -> Eyes:
    return Eyes(
        camera=camera,
        ring=config.ring,
        needs=DetectorNeeds(people, learned_folder(config, camera.id), camera.masks),
        outlook=outlook,
    )


def _tap(path: Path, posts: Posts, desk: Desk, clock: Clock) -> Tap:
    return Tap(
        path=path,
        rings=posts.rings,
        hidden=desk.doorways.hidden,
        looked_at=posts.looked_at,
        seen=posts.seen,
        clock=clock,
    )


def _forget(captured: CaptureMetrics, heard: EventMetrics, stream: str) -> None:
    captured.forget(stream)
    heard.forget(stream)


def _note_age(ages: Ages, seam: Seam, camera: str, seconds: float) -> None:
    ages.note(camera, seconds)
    seam.note(camera, seconds)


def _keep_watch(
    posts: Posts,
    desk: Desk,
    keepers: Sequence[_Run],
    leases: "Leases | None",
    *,
    clock: Clock,
    stop: threading.Event,
    parting: Parting,
) -> int:
    """Keepers first and longest: they still take what the eyes saw last."""
    drained = threading.Event()
    keeping = [_start(run, drained) for run in keepers]
    if leases is None:
        posts.resume(stop)
    desk.book.wait()
    leave_alone_what_stays()
    posts.begin()
    sharing = [] if leases is None else [_start(run, stop) for run in leases.runs(posts)]
    stalled = _mind(posts, sharing, clock, stop, parting)
    for thread in sharing:
        thread.join(timeout=10.0)
    posts.end()
    drained.set()
    for thread in keeping:
        thread.join(timeout=30.0)
    return EXIT_STALLED if stalled else 0


def _mind(
    posts: Posts, sharing: Sequence[threading.Thread], clock: Clock, stop: threading.Event, parting: Parting
) -> bool:
    """Wait for `stop` or the parting, looking at the threads once a second. True if one hangs, or has ended itself."""
    before = clock.monotonic()
    while not clock.wait(1.0, stop):
        if parting.has_come():
            stop.set()
            return False
        if not all(thread.is_alive() for thread in sharing):
            log.critical("nobody looks at the leases any more: starting again")
            stop.set()
            return True
        now = clock.monotonic()
        paused, before = now - before > STALLED_S / 2, now
        for one in posts:
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
