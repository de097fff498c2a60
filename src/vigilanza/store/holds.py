"""Holds: who ordered that an incident's pictures are kept, and who released them."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Row, exists, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.hold import Hold, check_placing, check_release
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema import incidents, media
from vigilanza.store.schema_custody import holds


class Holds:
    """Every act is in the audit chain, in the transaction that does it. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def place(self, incident: UUID, *, authority: str, protocol: str, until: float, by: str) -> Hold:
        """Keep the pictures that an incident has, and those it gets. UnknownRecord; HoldRefused if it cannot be."""
        now = self._clock.now()
        hold = Hold(uuid4(), incident, authority.strip(), protocol.strip(), until, placed_by=by, placed_at=now)
        check_placing(hold)
        with writing(self._engine) as connection:
            if connection.execute(select(incidents.c.id).where(incidents.c.id == incident)).first() is None:
                raise UnknownRecord(f"no incident {incident}")
            connection.execute(insert(holds).values({name: getattr(hold, name) for name in Hold.__slots__}))
            detail = {"authority": hold.authority, "protocol": hold.protocol, "until": until}
            _note(connection, hold, "placed", by=by, at=now, detail=detail)
        return hold

    def release(self, hold_id: UUID, *, by: str) -> Hold:
        """Ask that a hold be released; if somebody else has asked before, it is. UnknownRecord; HoldRefused."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            row = connection.execute(select(holds).where(holds.c.id == hold_id)).first()
            if row is None:
                raise UnknownRecord(f"no hold {hold_id}")
            hold = _hold(row)
            check_release(hold, by, now)
            if hold.release_asked_by is None:
                changed, what = replace(hold, release_asked_by=by), "release_asked"
            else:
                changed, what = replace(hold, released_by=by, released_at=now), "released"
            values = {name: getattr(changed, name) for name in ("release_asked_by", "released_by", "released_at")}
            connection.execute(update(holds).where(holds.c.id == hold_id).values(values))
            _note(connection, hold, what, by=by, at=now, detail={})
        return changed

    def of(self, incident: UUID) -> list[Hold]:
        """An incident's holds, those that have ended included, oldest first."""
        mine = select(holds).where(holds.c.incident == incident).order_by(holds.c.placed_at, holds.c.id)
        with reading(self._engine) as connection:
            return [_hold(row) for row in connection.execute(mine)]


def is_held(now: float) -> ColumnElement[bool]:
    """Of a row of `media`."""
    return exists().where(holds.c.incident == media.c.incident, holds.c.released_at.is_(None), holds.c.until > now)


def _note(connection: Connection, hold: Hold, what: str, *, by: str, at: float, detail: dict[str, object]) -> None:
    told = {"incident": str(hold.incident), **detail}
    append_record(connection, at=at, who=by, action=f"hold.{what}", subject=str(hold.id), detail=told)
    mark_changed(connection)


def _hold(row: Row[Any]) -> Hold:
    return Hold(**row._mapping)
