"""Opening the database, and the two ways to use it: `reading` and `writing`.

Both databases behave alike because there is one writer at a time on both: SQLite by `BEGIN IMMEDIATE`, PostgreSQL
by locking one row first. Writers are few and short, and every race between them is thereby excluded.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from vigilanza.domain.errors import ConfigError, JournalUnavailable
from vigilanza.store.schema import ALONE, meta
from vigilanza.store.schemaonce import SchemaOnce

if TYPE_CHECKING:
    from vigilanza.store.patient_connection import PatientConnection

log = structlog.get_logger(__name__)

BUSY_SECONDS = 5
"""How long a writer waits for another one."""
_NOTICE_SILENCE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""libpq's settings (seconds; the last in ms): a server that vanished without a word is noticed within half a minute."""
_CHANGE = update(meta).where(meta.c.name == "change").values(value=meta.c.value + 1)
DAMAGED = "its file is damaged, and does not mend itself: see A damaged database in docs/installer.md"
_PRIMARY = 0xFF
"""The part of SQLite's codes that says what kind of error it is."""
_BUGS = (IntegrityError, DataError)
"""What the values are to blame for; all else (a missing right, a dropped table) is for the administrator."""


def open_database(url: str) -> Engine:
    """An engine on `sqlite:///path` or `postgresql+psycopg://…`, its schema made at the first connection that works.

    Does not fail while the database is away: every later use raises JournalUnavailable until it is back.
    ConfigError if the URL is not one of these, or the database was made by a newer version.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("database: not a database URL") from error
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise ConfigError("database: SQLite needs a file, e.g. sqlite:///var/vigilanza.db")
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        case "postgresql":
            busy = BUSY_SECONDS * 1000
            # The last one is for a writer that is frozen, or whose machine is gone: the others wait behind it.
            limits = f"-c lock_timeout={busy} -c idle_in_transaction_session_timeout={busy}"
            options = f"-c statement_timeout=10000 {limits}"
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": BUSY_SECONDS, "options": options, **_NOTICE_SILENCE},
                pool_pre_ping=True,
            )
            event.listen(engine, "do_connect", _connect_patiently)
        case other:
            raise ConfigError(f"database: {other} is not supported, use sqlite or postgresql")
    event.listen(engine, "engine_connect", SchemaOnce())
    try:
        with reading(engine):
            pass
    except JournalUnavailable as error:
        log.warning("database is away", why=str(error))
    except ConfigError:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view; JournalUnavailable if the database cannot give it."""
    with _translated(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, alone: committed as a whole at the end, or not at all. JournalUnavailable if it was not."""
    with _translated(), engine.connect() as connection:
        connection.execution_options(vigilanza_writer=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(ALONE)
            yield connection


def mark_changed(connection: Connection) -> None:
    """Say that something a page shows has changed."""
    connection.execute(_CHANGE)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, _BUGS):
            raise
        # Only the driver's own words: SQLAlchemy's text would carry the statement's values.
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = f"database: {type(cause).__name__}: {' '.join(str(cause).split())}"
        if _is_damaged(cause):
            said += f"; {DAMAGED}"
        raise JournalUnavailable(said) from error


def _is_damaged(cause: object) -> bool:
    # An error that the driver itself found has no code.
    code = getattr(cause, "sqlite_errorcode", 0) if isinstance(cause, sqlite3.DatabaseError) else 0
    return code & _PRIMARY in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _connect_patiently(_dialect: object, _record: object, arguments: Any, settings: Any) -> "PatientConnection":
    """On SQLite the driver is not loaded: 7 MB."""
    from vigilanza.store.patient_connection import PatientConnection

    return PatientConnection.connect(*arguments, **settings)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own idea of transactions would commit behind our back: we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    _count_comeback(cursor)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _count_comeback(cursor: Any) -> None:
    """One that has tables, and was not made by us as it lies there: a backup, see comeback.py."""
    (mode,), (tables,) = (cursor.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "schema_version"))
    if mode != "wal" and tables:
        cursor.execute(f"PRAGMA user_version={cursor.execute('PRAGMA user_version').fetchone()[0] + 1}")


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("vigilanza_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
