"""Notices that the database came back from a backup: what was numbered after that is not known here any more.

A table that is restored is another one to PostgreSQL, and a file another one to the file system, unless it was
written over.
"""

from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, text, update

from vigilanza.store.schema import meta
from vigilanza.store.schema_bridge import deliveries

log = structlog.get_logger(__name__)

LEAP = 1_000
"""More alerts than an incident has; the numbers of those that were lost are not given again."""
_MADE, _RESTORED = "made", "restored"


def notice_comeback(writer: Connection) -> None:
    """At the first connection of a process, inside the caller's transaction."""
    found = _identity(writer)
    last: int | None = writer.execute(_value(_MADE)).scalar()
    if last == found:
        return
    _note(writer, _MADE, found)
    if last is not None:
        _note(writer, _RESTORED, writer.execute(select(func.coalesce(func.max(deliveries.c.position), 0))).scalar_one())
        log.warning("the database came back from a backup: incidents of before go on with higher numbers", leap=LEAP)


def restored() -> ColumnElement[int]:
    """Up to which position deliveries are from before the database came back the last time; NULL: it never did."""
    return _value(_RESTORED).scalar_subquery()


def _value(name: str) -> Select[Any]:
    return select(meta.c.value).where(meta.c.name == name)


def _identity(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT 'deliveries'::regclass::oid::bigint")).scalar_one())
    _, _, path = connection.execute(text("PRAGMA database_list")).first() or (0, "", "")
    return Path(path).stat().st_ino


def _note(writer: Connection, name: str, value: int) -> None:
    if writer.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        writer.execute(insert(meta).values(name=name, value=value))
