"""Holds: who ordered that an incident's pictures are kept, and who released them."""

from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, exists, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.hold import Hold, check_confirmation, check_placing, check_release, lapse_of
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.picturewish import want_pictures
from vigilanza.store.schema import incidents, media
from vigilanza.store.schema_custody import hold_seconds, holds


class Holds:
    """Every act is in the audit chain, in the transaction that does it. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def place(self, incident: UUID, *, authority: str, protocol: str, until: float, by: str) -> Hold:
        """Keep the pictures that an incident has, and those it gets. UnknownRecord; HoldRefused if it cannot be."""
        now = self._clock.now()
        hold = Hold(uuid4(), incident, authority.strip(), protocol.strip(), until, placed_by=by, placed_at=now)
        check_placing(hold)
        hold = replace(hold, lapses_at=lapse_of(now, until))
        with writing(self._engine) as connection:
            if connection.execute(select(incidents.c.id).where(incidents.c.id == incident)).first() is None:
                raise UnknownRecord(f"no incident {incident}")
            connection.execute(insert(holds).values({column.name: getattr(hold, column.name) for column in holds.c}))
            if hold.lapses_at is not None:
                connection.execute(insert(hold_seconds).values(hold=hold.id, lapses_at=hold.lapses_at))
            detail = {"authority": hold.authority, "protocol": hold.protocol, "until": until}
            want_pictures(connection, incident, by=by, at=now, pinned=True)  # those of a site lie there until then
            _note(connection, hold, "placed", by=by, at=now, detail=detail)
        return hold

    def confirm(self, hold_id: UUID, *, by: str) -> Hold:
        """As a second person: it does not end before its time. UnknownRecord; HoldRefused."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            hold = _find(connection, hold_id)
            check_confirmation(hold, by, now)
            mine = update(hold_seconds).where(hold_seconds.c.hold == hold_id)
            connection.execute(mine.values(confirmed_by=by, confirmed_at=now))
            _note(connection, hold, "confirmed", by=by, at=now, detail={"placed_by": hold.placed_by})
        return replace(hold, confirmed_by=by, confirmed_at=now)

    def release(self, hold_id: UUID, *, by: str) -> Hold:
        """Ask that a hold be released; if somebody else has asked before, it is. UnknownRecord; HoldRefused."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            hold = _find(connection, hold_id)
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
        with reading(self._engine) as connection:
            return holds_of(connection, incident)

    def waiting(self, limit: int) -> list[Hold]:
        """Those that end soon unless a second person confirms them, the first to end first."""
        now = self._clock.now()
        mine = _ALL.where(_waits(), holds.c.released_at.is_(None), hold_seconds.c.lapses_at > now)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(hold_seconds.c.lapses_at, holds.c.id).limit(limit))
            return [Hold(**row._mapping) for row in rows]


_ALL = select(holds, hold_seconds.c.lapses_at, hold_seconds.c.confirmed_by, hold_seconds.c.confirmed_at).outerjoin(
    hold_seconds, hold_seconds.c.hold == holds.c.id
)


def holds_of(connection: Connection, incident: UUID) -> list[Hold]:
    """An incident's holds, in the caller's transaction."""
    mine = _ALL.where(holds.c.incident == incident).order_by(holds.c.placed_at, holds.c.id)
    return [Hold(**row._mapping) for row in connection.execute(mine)]


def is_held(now: float) -> ColumnElement[bool]:
    """Of a row of `media`."""
    lapsed = exists().where(hold_seconds.c.hold == holds.c.id, _waits(), hold_seconds.c.lapses_at <= now)
    stands = (holds.c.released_at.is_(None), holds.c.until > now, ~lapsed)
    return exists().where(holds.c.incident == media.c.incident, *stands)


def _waits() -> ColumnElement[bool]:
    return hold_seconds.c.confirmed_by.is_(None)


def _find(connection: Connection, hold_id: UUID) -> Hold:
    row = connection.execute(_ALL.where(holds.c.id == hold_id)).first()
    if row is None:
        raise UnknownRecord(f"no hold {hold_id}")
    return Hold(**row._mapping)


def _note(connection: Connection, hold: Hold, what: str, *, by: str, at: float, detail: dict[str, object]) -> None:
    told = {"incident": str(hold.incident), **detail}
    append_record(connection, at=at, who=by, action=f"hold.{what}", subject=str(hold.id), detail=told)
    mark_changed(connection)
