"""`vigilanza run`: all parts that a configuration asks for in one process tree; a part that dies is started again."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog

from vigilanza.app.part import named, start_part
from vigilanza.app.parts import parts_of
from vigilanza.app.replacement import Replacement
from vigilanza.app.standby import StandBy
from vigilanza.app.supervisor import Prepare, Start, Supervisor
from vigilanza.app.takeover import Successor
from vigilanza.app.takeovertold import ACCEPTED
from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock
from vigilanza.config import Config, load
from vigilanza.domain.errors import ConfigError

log = structlog.get_logger(__name__)


def run(config: Config, *, environ: Mapping[str, str], clock: Clock, stop: threading.Event) -> int:
    """Keep the parts running until `stop` is set; the exit code, see Supervisor.run.

    What changes in the file meanwhile they take over once it was found good, see Successor.
    """
    config = _accepted(config, environ)
    parts = supervise(parts_of(config), start=partial(_start, config), prepare=partial(_prepare, config), clock=clock)
    if config.accepted is not None:
        follow = partial(_follow, config, environ=environ, clock=clock, replace_part=parts.replace)
        threading.Thread(target=follow, args=(stop,), name="successor", daemon=True).start()
    return parts.run(stop)


def supervise(parts: Sequence[str], *, start: Start, clock: Clock, prepare: Prepare | None = None) -> Supervisor:
    """The first is needed: without it nothing is seen, and if it cannot be kept running, the whole must end visibly.

    The others: see Supervisor.
    """
    return Supervisor([[part] for part in parts], start=start, prepare=prepare, clock=clock, needed=parts[0])


def _accepted(config: Config, environ: Mapping[str, str]) -> Config:
    """As a copy of it says, from which a part begins whatever the file has become meanwhile.

    Where there is no room for the copy, the parts begin from the file, and watch all the same.
    """
    copy = config.storage.state / ACCEPTED
    try:
        write_whole(copy, config.path.read_bytes(), private=True)
    except OSError as error:
        log.error("what changes in the configuration counts after a restart only", file=str(copy), why=error.strerror)
        return config
    return load(config.path, environ=environ, accepted=copy)


def _follow(
    config: Config,
    stop: threading.Event,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    replace_part: Callable[[Replacement], None],
) -> None:
    """On a thread of its own from the first: no part waits for its look at the database."""
    try:
        Successor(config, environ=environ, clock=clock, replace_part=replace_part).run(stop)
    except ConfigError as error:
        log.error("nothing is taken over before a restart", why=str(error))


def _start(config: Config, name: str) -> "subprocess.Popen[bytes]":
    return start_part(name, *named(config))


def _prepare(config: Config, name: str) -> StandBy:
    return StandBy(name, *named(config))
