"""Notices that the database came back from a backup: what was numbered after that is not known here any more.

PostgreSQL makes other tables of a backup, or another cluster. SQLite writes a backup (`VACUUM INTO`, `.dump`) without
the mark that its log is written ahead: see database.py, which counts that in `user_version`.
"""

from uuid import UUID

import structlog
from sqlalchemy import Connection, func, insert, or_, select, text, update
from sqlalchemy.exc import ProgrammingError

from vigilanza.store.rights import is_refused
from vigilanza.store.schema import events, feed, meta

log = structlog.get_logger(__name__)

LEAST_LEAP = 1_000
_MADE, _RESTORED, _FLOOR = "made", "restored", "floor"
_KEPT = "vigilanza_comeback"
_IDENTITY = {
    "sqlite": text("SELECT user_version FROM pragma_user_version"),
    "postgresql": text(
        "SELECT hashtextextended(concat_ws('/', system_identifier, timeline_id, 'deliveries'::regclass::oid), 0)"
        " FROM pg_control_system(), pg_control_checkpoint()"
    ),
}
_QUARTERS = {
    "sqlite": text("SELECT (CAST(strftime('%s', 'now') AS INTEGER) - 1767225600) / 4"),
    "postgresql": text("SELECT (extract(epoch FROM now())::bigint - 1767225600) / 4"),
}
"""Since 2026, so many times four seconds: grows faster than an incident has alerts, does not go back with the database,
and has nine digits until 2152.
"""


def notice_comeback(writer: Connection) -> None:
    """At the first connection of a process, inside the caller's transaction. Who may not look goes on without."""
    try:
        with writer.begin_nested():
            _notice(writer)
    except ProgrammingError as error:
        if not is_refused(error):
            raise
        log.warning(
            "nobody sees whether the database came back from a backup, and alerts may bear numbers twice then: grant"
            " our account EXECUTE on pg_control_system() and pg_control_checkpoint(), and all on the table meta",
            why=" ".join(str(error.orig).split()),
        )


def _notice(writer: Connection) -> None:
    found, last = int(writer.execute(_IDENTITY[writer.dialect.name]).scalar_one()), _value(writer, _MADE)
    if last == found:
        return
    _note(writer, _MADE, found)
    if last is not None:
        _note(writer, _RESTORED, writer.execute(select(func.coalesce(func.max(feed.c.position), 0))).scalar_one())
        passed = int(writer.execute(_QUARTERS[writer.dialect.name]).scalar_one())
        floor = max((_value(writer, _FLOOR) or 0) + LEAST_LEAP, passed)
        _note(writer, _FLOOR, floor)
        log.warning("the database came back from a backup: incidents of before go on with higher numbers", from_=floor)


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


def _note(writer: Connection, name: str, value: int) -> None:
    if writer.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        writer.execute(insert(meta).values(name=name, value=value))
