"""Builds a box, and takes it away again."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from vigilanza.clock import Clock
from vigilanza.lab.drill.apart import APART
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.clock import Ahead, BoxClock
from vigilanza.lab.drill.box.disk import Disk
from vigilanza.lab.drill.box.landing import CAMERA as LANDING
from vigilanza.lab.drill.box.landing import PASSWORD as CAMERA_PASSWORD
from vigilanza.lab.drill.box.landing import PASSWORD_ENV, Landing
from vigilanza.lab.drill.box.logpipe import LogPipe
from vigilanza.lab.drill.box.needs import BEFORE_S, RECORDER, Needs
from vigilanza.lab.drill.box.page import Enrol, Page, enrol
from vigilanza.lab.drill.box.process import BoxProcess, Work
from vigilanza.lab.drill.box.recorded import Recorded
from vigilanza.lab.drill.database import Database, database
from vigilanza.lab.drill.parties import PARTIES
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.site import blind_cameras, write_site
from vigilanza.lab.drill.story import CAMERAS


@contextmanager
def open_box(
    needs: Needs, works: Mapping[str, Work], folder: Path, *, chance: Random, clock: Clock, enrol: Enrol = enrol
) -> Iterator[Box]:
    """All is started, and ended at the end; `works` are its parts, `enrol` makes the operator of its page known to the
    database at a URL, the first to use it. DiskError if it cannot have its disk here.
    """
    with ExitStack() as stack:
        place = folder / "box"
        place.mkdir()
        disk = None
        if needs.disk_mb is not None:
            disk = Disk(folder / "disk.img", place, megabytes=needs.disk_mb)
            stack.callback(disk.close)
        where = stack.enter_context(database(needs.database, place))
        cameras = [LANDING] if needs.eyes else list(dict.fromkeys((*CAMERAS, *(one for one, _ in needs.seen))))
        parties = [_party(name, folder, cameras) for name in needs.parties]
        for party in parties:
            party.up()
            stack.callback(party.down)
        ahead: Ahead = APART.Value("d", 0.0)
        if needs.moments:
            ahead.value = chance.choice(needs.moments) - BEFORE_S - clock.now()
        page = _page(where, BoxClock(ahead), enrol) if needs.page else None
        landing = stack.enter_context(Landing(folder, needs.doors)) if needs.eyes else None
        seen = blind_cameras(cameras, needs.seen) if landing is None else [landing.settings()]
        outlets = {name: _outlet(folder, name, needs, stack) for name in needs.parts}
        recorded, config = Recorded(clock), _write(folder, seen, parties, where, page)
        environ = {name: value for party in parties for name, value in party.environ().items()}
        environ[PASSWORD_ENV] = CAMERA_PASSWORD
        make = partial(BoxProcess, config=config, environ=environ, ahead=ahead)
        parts = {
            name: make(name, works[name], outlet=outlet, log=_log(folder, name))
            for name, (outlet, _) in outlets.items()
        }
        if RECORDER in parts:
            parts[RECORDER].on_start = recorded.meet
        pipes = [pipe for _, pipe in outlets.values() if pipe is not None]
        box = Box(needs, folder, parts, parties, recorded, where, disk, ahead, chance, clock, page, pipes, landing)
        stack.callback(box.stop)
        box.start()
        yield box


def _party(name: str, folder: Path, cameras: Sequence[str]) -> Party:
    if name not in PARTIES:
        raise FileNotFoundError(f"no receiver {name} without a broker: apt-get install mosquitto")
    return PARTIES[name](folder / name, cameras)


def _log(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def _outlet(folder: Path, name: str, needs: Needs, stack: ExitStack) -> tuple[Path, LogPipe | None]:
    """Where a part is to write its log."""
    log = _log(folder, name)
    if not needs.log_pipe:
        return log, None
    pipe = LogPipe(folder / f"{name}.pipe", log)
    stack.callback(pipe.close)
    return folder / f"{name}.pipe", pipe


def _page(where: Database, clock: Clock, enrol: Enrol) -> Page:
    """There is an operator before it begins."""
    enrol(where.url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Page(int(free.getsockname()[1]), clock=clock)


def _write(
    folder: Path,
    cameras: Sequence[Mapping[str, Any]],
    parties: Sequence[Party],
    where: Database,
    page: Page | None,
) -> Path:
    sqlite = {"database": "sqlite:///box/vigilanza.db"} if where.server is None else where.settings
    return write_site(
        folder / "box.yaml",
        cameras=cameras,
        destinations=[party.settings() for party in parties],
        storage={**sqlite, "media": "box/media", "state": "box/state", "reserve_megabytes": 0},
        more={} if page is None else {"web": {"host": "127.0.0.1", "port": page.port}},
    )
