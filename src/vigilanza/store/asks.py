"""What one person asked for, and a second one grants: in the caller's transaction, beside the deed itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from vigilanza.domain.ask import Act, Ask
from vigilanza.store.schema_safeguards import asks


def open_ask(connection: Connection, act: Act, subject: str, now: float) -> Ask | None:
    """The latest that may still be granted."""
    latest = (
        select(asks)
        .where(asks.c.act == act.value, asks.c.subject == subject, asks.c.granted_by.is_(None))
        .order_by(asks.c.asked_at.desc(), asks.c.id)
        .limit(1)
    )
    row = connection.execute(latest).first()
    found = None if row is None else _ask(row)
    return found if found is not None and found.is_open(now) else None


def open_asks(connection: Connection, act: Act, subjects: Sequence[str]) -> dict[str, Ask]:
    """The latest of each subject that nobody granted; it may have lapsed."""
    if not subjects:
        return {}
    mine = select(asks).where(asks.c.act == act.value, asks.c.subject.in_(subjects), asks.c.granted_by.is_(None))
    return {row.subject: _ask(row) for row in connection.execute(mine.order_by(asks.c.asked_at))}


def _ask(row: Row[Any]) -> Ask:
    return Ask(**{**row._mapping, "act": Act(row.act)})


def note_ask(connection: Connection, act: Act, subject: str, *, reason: str, by: str, at: float) -> Ask:
    """That somebody asks."""
    ask = Ask(uuid4(), act, subject, reason, by, at)
    connection.execute(insert(asks).values({name: getattr(ask, name) for name in Ask.__slots__} | {"act": act.value}))
    return ask


def note_grant(connection: Connection, ask: Ask, *, by: str, at: float) -> Ask:
    """That somebody, whom `check_second` let, grants it."""
    connection.execute(update(asks).where(asks.c.id == ask.id).values(granted_by=by, granted_at=at))
    return replace(ask, granted_by=by, granted_at=at)
