"""The schema of the database, made or brought forward at the first connection that works."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import structlog
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from vigilanza.domain.errors import ConfigError
from vigilanza.store import (  # noqa: F401 - whoever opens a database knows all its tables
    schema_accounts,
    schema_aftermath,
    schema_bridge,
    schema_centre,
    schema_custody,
    schema_safeguards,
)
from vigilanza.store.comeback import notice_comeback
from vigilanza.store.rights import is_refused
from vigilanza.store.schema import ALONE, HEAD, SCHEMA_VERSION, meta
from vigilanza.store.schema_base import metadata

log = structlog.get_logger(__name__)

_ONE_AT_A_TIME = 0x51617A
"""PostgreSQL's advisory lock of who changes the schema: any number that only we use, the same in every version."""


class SchemaOnce:
    """Several processes, also on several machines, may try at once, while those of a former version go on writing."""

    def __init__(self) -> None:
        self._done = False
        self._lock = threading.Lock()

    def __call__(self, connection: Connection) -> None:
        """ConfigError if this version cannot work with what is there."""
        if self._done:
            return
        with self._lock:
            if self._done:
                return
            try:
                _settle(connection)
                self._done = True
            finally:
                if not self._done:
                    connection.close()  # nobody else has hold of it yet


def _settle(connection: Connection) -> None:
    writer = connection.execution_options(vigilanza_writer=True)
    with _changeable(writer), writer.begin():
        if writer.dialect.name == "postgresql":
            writer.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        _bring_forward(writer)
        found = writer.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar()
        if found != SCHEMA_VERSION:
            raise ConfigError(
                f"database: it has schema {found}, this version needs {SCHEMA_VERSION}, and nothing was changed: start "
                "the version that made it, or name another database"
            )
        notice_comeback(writer)
    writer.execution_options(vigilanza_writer=False)


@contextmanager
def _changeable(connection: Connection) -> Iterator[None]:
    """SQLite lets go of a table that others refer to, to make it anew, only where nobody looks at references; and that
    is settled before a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _bring_forward(writer: Connection) -> None:
    """Where our account may not, the work goes on with what is there."""
    try:
        with writer.begin_nested():
            if _revision(writer) != HEAD:
                _migrate(writer)
    except ProgrammingError as error:
        if not is_refused(error) or not inspect(writer).has_table(meta.name):
            raise
        log.critical(
            "the schema of the database is not that of this version, and what needs it does not work: let the owner of"
            " the database start this version once, or give our account the rights (CREATE on the schema, or all on"
            " its tables); then start again",
            missing=", ".join(sorted(set(metadata.tables) - set(inspect(writer).get_table_names()))),
            why=" ".join(str(error.orig).split()),
        )


def _revision(connection: Connection) -> str | None:
    """The last step that was taken, if steps were counted yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(writer: Connection) -> None:
    # Alembic takes long to load, and most starts have no use for it.
    from vigilanza.store.migration import migrate

    if writer.dialect.name == "postgresql" and inspect(writer).has_table(meta.name):
        writer.execute(ALONE)  # else we and a writer under way might wait for each other's tables
    migrate(writer, to=HEAD)
