"""Looks whether the database's file is what was written to it."""

import threading

import structlog
from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import DAMAGED, reading

log = structlog.get_logger(__name__)

EVERY_S = 24 * 3600.0
RETRY_S = 60.0


class Soundness:
    """Of SQLite's file, all of it: a page that nobody reads for years would be found only then. One thread runs it.

    Found is a page that is none of SQLite's, not one that is well formed and wrong. PostgreSQL has its own checksums.
    """

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def run(self, stop: threading.Event) -> None:
        """At once, and then daily, until `stop` is set."""
        while not self._clock.wait(EVERY_S if self._look() else RETRY_S, stop):
            pass

    def _look(self) -> bool:
        """Whether it could be looked at, sound or not."""
        try:
            found = self.faults()
        except JournalUnavailable as error:
            log.error("nobody can look whether the database is sound", why=str(error))
            return False
        if found:
            log.critical("the database is damaged", why=f"{found[0]}; {DAMAGED}")
        return True

    def faults(self) -> list[str]:
        """The first thing that is wrong, in SQLite's words; none if all is sound. JournalUnavailable."""
        if self._engine.dialect.name != "sqlite":
            return []
        with reading(self._engine) as connection:
            said = [str(line) for line in connection.exec_driver_sql("PRAGMA quick_check(1)").scalars()]
        return [" ".join(line.split()) for line in said if line != "ok"]
