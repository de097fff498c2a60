"""`vigilanza drill`: a box breaks in every way, on purpose, and is asked afterwards what it has kept."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from vigilanza.app.clerk import Clerk
from vigilanza.app.desk import Desk
from vigilanza.app.part import run_part
from vigilanza.app.relay import relay
from vigilanza.app.share import Share
from vigilanza.app.watch import watch
from vigilanza.app.web import web
from vigilanza.clock import Clock
from vigilanza.config import load
from vigilanza.lab.drill.apart import preload
from vigilanza.lab.drill.box.clock import Ahead, BoxClock
from vigilanza.lab.drill.box.disk import DiskError
from vigilanza.lab.drill.box.needs import RECORDER, RELAY, WATCH, WEB
from vigilanza.lab.drill.box.play import play
from vigilanza.lab.drill.box.process import Work
from vigilanza.lab.drill.box.table import Played
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.kinds.all import KINDS
from vigilanza.lab.drill.kinds.soak import soak as of_long
from vigilanza.lab.drill.person import Person


def drill(
    names: Sequence[str], seeds: Sequence[int], *, jobs: int, clock: Clock, say: Callable[[Played], None]
) -> bool:
    """Play each seed of each kind, `jobs` of them side by side; `say` each in its turn; whether all promises were kept.

    KeyError for a kind that there is not.
    """
    preload([__name__])
    good, rows = True, [(name, seed, KINDS[name]) for name in names for seed in seeds]
    with ThreadPoolExecutor(jobs) as playing:
        try:
            for played in playing.map(partial(_play, clock), *zip(*rows, strict=True)):
                good = good and played.good
                say(played)
        finally:
            # Who ends it does not wait for all that is still to come; boxes under way are taken away in good order.
            playing.shutdown(wait=False, cancel_futures=True)
    return good


def soak(seconds: float, seed: int, *, clock: Clock, say: Callable[[str], None]) -> Played:
    """Break one box in every way, one after the other, for so long; `say` is told what breaks."""
    preload([__name__])
    return _play(clock, "soak", seed, of_long(seconds, say=say))


def _play(clock: Clock, name: str, seed: int, kind: Kind) -> Played:
    try:
        return Played(name, seed, play(name, kind, PARTS, seed=seed, clock=clock))
    except (DiskError, FileNotFoundError) as error:
        return Played(name, seed, None, why=str(error))


def _record(config: Path, ahead: Ahead, pipe: Connection) -> int:
    """All that watch records with, told by the drill; and the person who has what was refused tried again."""
    clock = BoxClock(ahead)

    def work(stop: threading.Event) -> int:
        desk = Desk.open(load(config, environ=os.environ), Share(), clock)
        person = Person(desk.memory.engine, clock=clock)
        running = [threading.Thread(target=run, args=(stop,), daemon=True) for run in (*desk.runs, person.run)]
        for thread in running:
            thread.start()
        Clerk(desk, clock=clock).run(pipe, stop)
        return 0

    return run_part(RECORDER, work)


def _watch(config: Path, ahead: Ahead, pipe: Connection) -> int:
    def work(stop: threading.Event) -> int:
        threading.Thread(target=_follow, args=(pipe, stop), daemon=True).start()
        settings = load(config, environ=os.environ)
        return watch(settings, clock=BoxClock(ahead), stop=stop, over=threading.Event())

    return run_part(WATCH, work)


def _relay(config: Path, ahead: Ahead, pipe: Connection) -> int:
    def work(stop: threading.Event) -> int:
        threading.Thread(target=_follow, args=(pipe, stop), daemon=True).start()
        return relay(load(config, environ=os.environ), clock=BoxClock(ahead), stop=stop)

    return run_part(RELAY, work)


def _web(config: Path, ahead: Ahead, pipe: Connection) -> int:
    def work(stop: threading.Event) -> int:
        threading.Thread(target=_follow, args=(pipe, stop), daemon=True).start()
        settings = load(config, environ=os.environ)
        return web(settings, environ=os.environ, clock=BoxClock(ahead), stop=stop)

    return run_part(WEB, work)


def _follow(pipe: Connection, stop: threading.Event) -> None:
    """The drill says nothing; when it is gone, so is its box."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        stop.set()


PARTS: Mapping[str, Work] = {WATCH: _watch, RECORDER: _record, RELAY: _relay, WEB: _web}
