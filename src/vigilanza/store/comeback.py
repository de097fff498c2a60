"""Notices that the database came back from a backup: what was numbered after that is not known here any more.

A table that is restored is another one to PostgreSQL, and a file another one to the file system, unless it was
written over.
"""

from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Connection, func, insert, or_, select, text, update

from vigilanza.store.schema import events, feed, meta

log = structlog.get_logger(__name__)

LEAP = 1_000
"""More alerts than an incident has; the numbers of those that were lost are not given again."""
_MADE, _RESTORED, _FLOOR = "made", "restored", "floor"
_KEPT = "vigilanza_comeback"


def notice_comeback(writer: Connection) -> None:
    """At the first connection of a process, inside the caller's transaction."""
    found, last = _identity(writer), _value(writer, _MADE)
    if last == found:
        return
    _note(writer, _MADE, found)
    if last is not None:
        _note(writer, _RESTORED, writer.execute(select(func.coalesce(func.max(feed.c.position), 0))).scalar_one())
        _note(writer, _FLOOR, (_value(writer, _FLOOR) or 0) + LEAP)
        log.warning("the database came back from a backup: incidents of before go on with higher numbers", leap=LEAP)


def lowest_number(connection: Connection, incident: UUID) -> int:
    """The first that an alert of it may have now: 0, unless some may have been given that are not known here.

    The incident has its events here. While parts are at work no database comes back: it is asked for once a connection.
    """
    if _KEPT not in connection.info:
        connection.info[_KEPT] = _value(connection, _RESTORED), _value(connection, _FLOOR)
    restored, floor = connection.info[_KEPT]
    if restored is None:
        return 0
    mine = feed.c.incident == incident
    known_before = select(func.min(feed.c.position) <= restored).where(mine).scalar_subquery()
    first_known = select(func.min(events.c.sequence)).where(events.c.incident == incident).scalar_subquery()
    is_of_before = connection.execute(select(or_(known_before, first_known > 0))).scalar()
    return floor if is_of_before else 0


def _value(connection: Connection, name: str) -> int | None:
    found: int | None = connection.scalar(select(meta.c.value).where(meta.c.name == name))
    return found


def _identity(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT 'deliveries'::regclass::oid::bigint")).scalar_one())
    _, _, path = connection.execute(text("PRAGMA database_list")).first() or (0, "", "")
    return Path(path).stat().st_ino


def _note(writer: Connection, name: str, value: int) -> None:
    if writer.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        writer.execute(insert(meta).values(name=name, value=value))
