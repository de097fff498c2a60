"""Indexes that tables lack which were made before they were thought of: without them all works, but searches slowly."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

import psycopg
import structlog
from sqlalchemy import Engine, inspect, text
from sqlalchemy.schema import CreateIndex

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import reading, writing
from vigilanza.store.schema_base import metadata

log = structlog.get_logger(__name__)

HOLD_S = 3.0
"""So long SQLite's other writers may be held up; they wait for 5 seconds. A million records take a second or two."""
PAUSE_S = 1.0
"""Then it is their turn."""
RETRY_S = 10.0
_LOOK = 10_000
"""Steps of SQLite's machine between two looks at the time: some milliseconds."""
ONE_MAKER = 0x51617B
"""PostgreSQL's advisory lock of who makes them: any number that only we use."""
_KNOWN = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE relnamespace = current_schema()::regnamespace AND indisvalid",
}
"""PostgreSQL keeps one whose making was cut off, without using it: that one is made again."""


class LateIndexes:
    """Makes them beside the work, which goes on meanwhile; what cannot be made is told, with the words that make it."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def run(self, stop: threading.Event) -> None:
        """Once the journal answers, each once, or until `stop` is set."""
        while True:
            try:
                missing = self._missing()
                break
            except JournalUnavailable:  # those that need it say so
                if self._clock.wait(RETRY_S, stop):
                    return
        if missing and self._engine.dialect.name == "postgresql":
            self._make_concurrently(missing, stop)
        elif missing:
            self._make_in_turn(missing, stop)

    def _missing(self) -> dict[str, str]:
        """How each is made, by its name."""
        with reading(self._engine) as connection:
            known = set(connection.scalars(text(_KNOWN[self._engine.dialect.name])))
            there = set(inspect(connection).get_table_names())
        tables = [table for table in metadata.sorted_tables if table.name in there]
        indexes = [one for table in tables for one in table.indexes if one.name not in known]
        return {str(one.name): str(CreateIndex(one).compile(dialect=self._engine.dialect)) for one in indexes}

    def _make_concurrently(self, missing: dict[str, str], stop: threading.Event) -> None:
        """On a connection of its own: one of the pool gives up what takes longer than its statements may."""
        arguments = self._engine.dialect.create_connect_args(self._engine.url)[1]
        try:
            with closing(psycopg.connect(**arguments, autocommit=True)) as connection:
                for name, value in (("statement_timeout", "0"), ("lock_timeout", "0")):
                    connection.execute("SELECT set_config(%s, %s, false)", (name, value))
                if connection.execute("SELECT pg_try_advisory_lock(%s)", (ONE_MAKER,)).fetchone() != (True,):
                    return  # another process makes them
                for name, statement in missing.items():
                    if not stop.is_set():
                        _make_one(connection, name, statement.replace("INDEX", "INDEX CONCURRENTLY", 1))
        except psycopg.Error as error:
            log.warning("indexes that are missing are made at the next start", why=_words(error))

    def _make_in_turn(self, missing: dict[str, str], stop: threading.Event) -> None:
        """SQLite has one writer at a time: for none of these the others wait long."""
        for statement in missing.values():
            log.info("an index that is missing is made", statement=statement)
            try:
                with writing(self._engine) as connection:
                    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
                    with self._cut_off(driver, stop):
                        connection.execute(text(statement))
            except JournalUnavailable as error:
                if not stop.is_set():
                    _tell(statement, f"{error}: while vigilanza is stopped it may take its time")
            if self._clock.wait(PAUSE_S, stop):
                return

    @contextmanager
    def _cut_off(self, driver: sqlite3.Connection, stop: threading.Event) -> Iterator[None]:
        until = self._clock.monotonic() + HOLD_S
        driver.set_progress_handler(lambda: stop.is_set() or self._clock.monotonic() > until, _LOOK)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)


def _make_one(connection: "psycopg.Connection[Any]", name: str, statement: str) -> None:
    log.info("an index that is missing is made", statement=statement)
    try:
        connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}".encode())
        connection.execute(statement.encode())
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        _tell(statement, _words(error))


def _tell(statement: str, why: str) -> None:
    log.warning(
        "an index is missing, and searching is slower without: let who owns the table make it",
        statement=statement,
        why=why,
    )


def _words(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
