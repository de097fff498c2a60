"""All cameras of a large box: a process for each share of them, and one that finds people for all."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import structlog

from vigilanza.app.heir import Heir
from vigilanza.app.losses import losses
from vigilanza.app.memory import open_memory
from vigilanza.app.part import named
from vigilanza.app.process import Process
from vigilanza.app.share import Share
from vigilanza.app.supervisor import Supervisor
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.journal import Journal

log = structlog.get_logger(__name__)

StartPart: TypeAlias = Callable[..., Process]
"""See app.part.start_part."""
FINDER = "finder"
PATIENCE_S = 30.0
"""Less than what is granted to us."""


def watch_shares(
    config: Config,
    shares: Sequence[Share],
    *,
    start_part: StartPart,
    clock: Clock,
    stop: threading.Event,
    over: threading.Event,
) -> int:
    """Keep a process per share, and the finder, running until `stop` or `over` is set; see Supervisor.run.

    A share that stays down costs its own cameras only: they are recorded as lost.
    """
    config.storage.state.mkdir(parents=True, exist_ok=True)
    journal = open_memory(config, clock=clock).journal
    heir = Heir(config.storage.state, shares, record=journal.record, clock=clock)
    threading.Thread(target=heir.run, args=(stop,), daemon=True).start()
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        supervisor = Supervisor(
            [[str(share) for share in shares], [FINDER]],
            start=partial(_start, start_part, config, Path(folder) / FINDER),
            clock=clock,
            patience_s=PATIENCE_S,
            on_down=partial(_note_down, config, journal, clock),
        )
        return supervisor.run(stop, over)


def _start(start_part: StartPart, config: Config, socket: Path, name: str) -> Process:
    """What tells one from the other comes first: `ps` may have no room for more."""
    if name == FINDER:
        return start_part(FINDER, "--socket", str(socket), *named(config))
    return start_part("watch", "--share", name, "--finder", str(socket), *named(config))


def _note_down(config: Config, journal: Journal, clock: Clock, name: str) -> bool:
    """False if the loss could not be recorded yet."""
    if name == FINDER:
        log.critical("people are not found: only doors and views are watched")
        return True
    if config.sharing is not None:
        log.critical("a process does not run: others hold its cameras, as far as they may", share=name)
        return True
    cameras = Share.parse(name).of(config.cameras)
    log.critical("cameras are not watched", share=name, cameras=[camera.id for camera in cameras])
    try:
        journal.record(losses(cameras, journal.open_incidents(), clock.now()))
    except JournalUnavailable as error:
        log.critical("nor can that be recorded yet", why=str(error))
        return False
    return True
