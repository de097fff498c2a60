"""The configuration as it counts for a part: what protects less waits for two persons."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from sqlalchemy import make_url

from vigilanza.app.memory import open_memory
from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock
from vigilanza.config import Config, in_force, load
from vigilanza.domain.ask import check_second
from vigilanza.domain.errors import ConfigError, JournalUnavailable, SafeguardRefused
from vigilanza.domain.safeguards import Safeguards, Weakening, strictest, weakenings
from vigilanza.domain.wording import check_line
from vigilanza.store.safeguards import LONGEST_NAME, SafeguardBook, Standing, digest_of, read_terms, write_terms

log = structlog.get_logger(__name__)

RETRY_S = 2.0


def settled(config: Config, *, environ: Mapping[str, str], clock: Clock, wait: threading.Event | None = None) -> Config:
    """`config`, with what was approved in place of what protects less; see SafeguardBook.settle.

    Of an accepted copy nothing is noted: who accepts it does that, see `settle`. While the journal is away what it said
    last counts, of which `state` has a copy; with `wait` it is waited for until that is set.
    """
    memory = open_memory(config, clock=clock)
    book = SafeguardBook(engine=memory.engine, clock=clock)
    try:
        counts = _counting(config, book, clock, wait)
    finally:
        memory.engine.dispose()
    for weaker in weakenings(counts, config.safeguards):
        log.warning("waits for a second person, what was approved counts", weaker=weaker.words())
    found = in_force(config, counts, environ=environ)
    for one in found.owed:
        log.critical("its secrets are gone, and two persons have not approved that it goes: alerts wait", to=one.id)
    if counts.provider and found.web.oidc is None:
        log.critical("its secret is gone: nobody signs in through it", issuer=counts.provider["issuer"])
    return found


def settle(config: Config, book: SafeguardBook) -> None:
    """Note what counts from now on, in the journal and in the copy of it. JournalUnavailable."""
    copy = config.storage.state / "safeguards.json"
    _keep(copy, book.settle(config.safeguards, _read(copy)))


def counting(config: Config, *, environ: Mapping[str, str], clock: Clock) -> Config:
    """As above, for who only looks: nothing is noted. JournalUnavailable."""
    return in_force(config, _looked_up(config, clock), environ=environ)


def looked_at(config: Config, *, environ: Mapping[str, str], clock: Clock) -> tuple[Config, tuple[Weakening, ...]]:
    """As above, with what waits for a second person. A site that was never started is left without a database."""
    url = make_url(config.storage.database)
    is_new = url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()
    known = _read(_copy(config)) if is_new else _looked_up(config, clock)
    counts = config.safeguards if known is None else strictest(known, config.safeguards)
    return in_force(config, counts, environ=environ), weakenings(counts, config.safeguards)


def _looked_up(config: Config, clock: Clock) -> Safeguards:
    memory = open_memory(config, clock=clock)
    try:
        book = SafeguardBook(engine=memory.engine, clock=clock)
        return book.counting(config.safeguards, _read(_copy(config)))
    finally:
        memory.engine.dispose()


def _copy(config: Config) -> Path:
    return config.storage.state / "safeguards.json"


def _counting(config: Config, book: SafeguardBook, clock: Clock, wait: threading.Event | None) -> Safeguards:
    copy, told = _copy(config), False
    while True:
        try:
            if config.accepted is not None:
                return book.counting(config.safeguards, _read(copy))
            counts = book.settle(config.safeguards, _read(copy))
        except JournalUnavailable as error:
            if wait is not None and not told:
                log.error("journal is away: the page waits for it", why=str(error))
            told = True
            if wait is not None and not clock.wait(RETRY_S, wait):
                continue
            known = _read(copy)
            log.warning("journal is away: what was approved last counts", known=known is not None, why=str(error))
            return config.safeguards if known is None else strictest(known, config.safeguards)
        _keep(copy, counts)
        return counts


def written(config: Config, *, environ: Mapping[str, str]) -> Callable[[], Safeguards]:
    """What the file says now, or said when it could last be used. Any thread may ask."""
    path, lock = config.path, threading.Lock()
    seen: list[tuple[bytes, Safeguards]] = [(b"", config.safeguards)]

    def look() -> Safeguards:
        with lock:
            try:
                raw = path.read_bytes()
                if raw != seen[0][0]:
                    seen[0] = (raw, load(path, environ=environ).safeguards)
            except (OSError, ConfigError) as error:
                log.warning("the configuration cannot be used: what it said before is told", why=str(error))
            return seen[0][1]

    return look


def _read(copy: Path) -> Safeguards | None:
    """None if there is none, or it is no longer whole."""
    try:
        return read_terms(copy.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        log.error("the copy of what was approved cannot be read", file=str(copy), why=str(error))
        return None


def _keep(copy: Path, counts: Safeguards) -> None:
    try:
        write_whole(copy, write_terms(counts).encode())
    except OSError as error:
        log.error("no copy of what was approved is kept", file=str(copy), why=error.strerror)


class SafeguardDesk:
    """Where two persons at the command line agree. Every method may raise JournalUnavailable."""

    def __init__(self, config: Config, *, clock: Clock) -> None:
        self._wanted, self._engine = config.safeguards, open_memory(config, clock=clock).engine
        self._book = SafeguardBook(engine=self._engine, clock=clock)

    def standing(self) -> Standing:
        """What waits, nothing while no part has ever been started."""
        return self._book.standing(self._wanted)

    def approve(self, *, reason: str, by: str, approved_by: str) -> None:
        """Ask and grant. SafeguardRefused: nothing of it is done."""
        check_line("asked_by", by, LONGEST_NAME, SafeguardRefused)
        check_second(by, approved_by, "approve what protects less", SafeguardRefused)
        digest = self._book.ask(self._wanted, digest=digest_of(self._wanted), reason=reason, by=by).digest
        self._book.approve(self._wanted, digest=digest, by=approved_by)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
