"""Pictures of a centre's sites: which are wanted here, what the site says there is, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Row, and_, delete, func, insert, or_, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.medium import medium_id
from vigilanza.store.picturewish import want_pictures
from vigilanza.store.schema import media
from vigilanza.store.schema_centre import picture_wishes, site_incidents, site_pictures, site_standings
from vigilanza.store.schema_custody import purged_media

AGAIN_S, AGAIN_MAX_S = 5.0, 300.0
"""A site that gave no answer, or nothing, is asked again after so long; each time twice as long, up to the latter."""
SETTLED_S = 180.0
"""So long after a wish, or an event, there may be more: a clip goes on for a while, and is cut after it."""
LOOK_AGAIN_S = 15.0
LAPSES_S = 12 * 3600.0
"""What could not be had for so long nobody waits for any more; what is to be kept is asked for until it is gone."""
GONE_S = 8 * 86400.0
"""No site has pictures for so long: the longest term is seven days."""


@dataclass(frozen=True, slots=True)
class PictureWish:
    """`incident` is that here, `there` its id at `site`; `by` a person's name; `pinned`: they are to be kept."""

    incident: UUID
    site: str
    there: UUID
    by: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class PictureStanding:
    """Of an incident of `site`; times are UTC in Unix seconds by the clock here.

    `wanted_at` None: nobody wanted them yet. `is_open`: the site is asked (again) by itself. `missing`: how many it has
    that are not here, of `missing_bytes`; None: it has not said. `away`: it did not answer the last time, and was
    heard of last at `heard_at`; `why` it gave nothing: a PictureRefusal, or what a site of another version says.
    `until`: when the first of those that are here goes, since the site deletes what it was made of.
    """

    site: str
    wanted_at: float | None = None
    pinned: bool = False
    is_open: bool = False
    missing: int | None = None
    missing_bytes: int = 0
    away: bool = False
    heard_at: float | None = None
    why: str | None = None
    until: float | None = None


class SitePictures:
    """Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def want(self, incident: UUID, *, by: str) -> None:
        """Somebody wants to see them; audited. UnknownRecord if it is no incident of a site."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            if not want_pictures(connection, incident, by=by, at=now, pinned=False):
                raise UnknownRecord(f"no incident {incident} of a site")
            append_record(connection, at=now, who=by, action="media.wanted", subject=str(incident), detail=None)
            mark_changed(connection)

    def standing(self, incident: UUID) -> PictureStanding | None:
        """None if it is no incident of a site."""
        with reading(self._engine) as connection:
            whose = select(site_incidents.c.site).where(site_incidents.c.here == incident)
            site = connection.execute(whose).scalar()
            if site is None:
                return None
            wish = connection.execute(select(picture_wishes).where(picture_wishes.c.incident == incident)).first()
            if wish is None:
                return PictureStanding(site)
            heard = select(site_standings.c.heard_at).where(site_standings.c.site == site)
            counts = (func.count(), func.coalesce(func.sum(site_pictures.c.size_bytes), 0))
            missing = connection.execute(select(*counts).where(self._is_missing(incident))).one()
            first = select(func.min(site_pictures.c.until)).join(media, media.c.id == site_pictures.c.id)
            return PictureStanding(
                site=site,
                wanted_at=wish.wanted_at,
                pinned=wish.pinned,
                is_open=wish.open,
                missing=None if wish.listed_at is None else int(missing[0]),
                missing_bytes=int(missing[1]),
                away=wish.away,
                heard_at=connection.execute(heard).scalar(),
                why=wish.why,
                until=connection.execute(first.where(media.c.incident == incident)).scalar(),
            )

    def due(self, sites: Collection[str]) -> dict[str, PictureWish]:
        """By site, of `sites`, what is due first: what a person waits for before what is merely kept."""
        now, wish = self._clock.now(), picture_wishes.c
        back = and_(wish.away, site_standings.c.heard_at > wish.tried_at)
        # A clock that was ahead and was put right must not put it off for long.
        is_due = or_(wish.next_at <= now, wish.next_at > now + AGAIN_MAX_S, back)
        order = (wish.pinned, wish.wanted_at, wish.incident)
        turn = func.row_number().over(partition_by=wish.site, order_by=order).label("turn")
        ranked = (
            select(picture_wishes, turn)
            .outerjoin(site_standings, site_standings.c.site == wish.site)
            .where(wish.open, is_due, wish.site.in_(list(sites)))
            .subquery()
        )
        first = select(ranked).where(ranked.c.turn == 1).order_by(ranked.c.pinned, ranked.c.wanted_at)
        with reading(self._engine) as connection:
            rows = connection.execute(first)
            return {row.site: PictureWish(row.incident, row.site, row.there, row.by, row.pinned) for row in rows}

    def learn(self, wish: PictureWish, listed: Sequence[RemotePicture]) -> None:
        """The site says that it has these, and no others."""
        now, told = self._clock.now(), {medium_id(wish.incident, one.kind, one.sha256): one for one in listed}
        mine = site_pictures.c.incident == wish.incident
        with writing(self._engine) as connection:
            copies = select(media.c.id).where(media.c.incident == wish.incident)
            old = or_(site_pictures.c.id.in_(list(told)), site_pictures.c.id.not_in(copies))
            connection.execute(delete(site_pictures).where(mine, old))
            if told:
                rows = [_row(one, wish.incident, picture) for one, picture in told.items()]
                connection.execute(insert(site_pictures), rows)
            values = {"listed_at": now, "tried_at": now, "away": False, "why": None}
            connection.execute(update(picture_wishes).where(_this(wish)).values(values))
            mark_changed(connection)

    def missing(self, wish: PictureWish) -> list[RemotePicture]:
        """What it has that is not here and is still to be had; stills first, which are small."""
        query = select(site_pictures).where(self._is_missing(wish.incident))
        ordered = query.order_by(site_pictures.c.kind.desc(), site_pictures.c.size_bytes, site_pictures.c.id)
        with reading(self._engine) as connection:
            return [_picture(row) for row in connection.execute(ordered)]

    def withdrawn(self, wish: PictureWish, hashes: Collection[str]) -> list[UUID]:
        """Which media here are copies of these. Their term is over: what is on hold goes when that ends."""
        if not hashes:
            return []
        now, mine = self._clock.now(), site_pictures.c.incident == wish.incident
        query = select(media.c.id).where(media.c.incident == wish.incident, media.c.sha256.in_(list(hashes)))
        late = (site_pictures.c.id.in_(query), site_pictures.c.until > now)
        with writing(self._engine) as connection:
            connection.execute(update(site_pictures).where(mine, *late).values(until=now))
            return list(connection.execute(query).scalars())

    def rest(self, wish: PictureWish, *, brought: bool) -> None:
        """All that it told of is here: ask again in a while, if there may be more; so it is where some was `brought`,
        which may have taken long.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            row = connection.execute(select(picture_wishes).where(_this(wish))).one()
            more = brought or 0.0 <= now - row.wanted_at < SETTLED_S
            values = {"open": more, "next_at": now + LOOK_AGAIN_S, "failures": 0}
            connection.execute(update(picture_wishes).where(_this(wish)).values(values))
            mark_changed(connection)

    def put_off(self, wish: PictureWish, *, away: bool, why: str) -> None:
        """It was in vain. `away`: the site gave no answer; so it is with all that is wanted of it. `why`: see
        PictureStanding.
        """
        now = self._clock.now()
        kept: ColumnElement[bool] = picture_wishes.c.pinned
        if not away:
            kept = and_(kept, picture_wishes.c.wanted_at > now - GONE_S)
        which = and_(picture_wishes.c.site == wish.site, picture_wishes.c.open) if away else _this(wish)
        with writing(self._engine) as connection:
            row = connection.execute(select(picture_wishes).where(_this(wish))).one()
            failures = min(row.failures + 1, 10)
            values = {
                "open": or_(kept, picture_wishes.c.wanted_at > now - LAPSES_S),
                "failures": failures,
                "next_at": now + min(AGAIN_S * 2.0 ** (failures - 1), AGAIN_MAX_S),
                "tried_at": now,
                "away": away,
                "why": None if away else why,
            }
            connection.execute(update(picture_wishes).where(which).values(values))
            mark_changed(connection)

    def overdue(self) -> dict[str, int]:
        """By site: of how many incidents the pictures are to be kept here, and the last attempt to get them failed."""
        wish = picture_wishes.c
        failed = select(wish.site, func.count()).where(wish.open, wish.pinned, or_(wish.away, wish.why.is_not(None)))
        with reading(self._engine) as connection:
            return dict(map(tuple, connection.execute(failed.group_by(wish.site))))

    def _is_missing(self, incident: UUID) -> ColumnElement[bool]:
        """What was deleted here at the end of its term is not fetched again."""
        mine = site_pictures.c.incident == incident
        kept = [select(one.c.id).where(one.c.incident == incident) for one in (media, purged_media)]
        ours = [site_pictures.c.id.not_in(one) for one in kept]
        return and_(mine, site_pictures.c.until > self._clock.now(), *ours)


def _this(wish: PictureWish) -> ColumnElement[bool]:
    return picture_wishes.c.incident == wish.incident


def _row(one: UUID, incident: UUID, told: RemotePicture) -> dict[str, Any]:
    return {"id": one, "incident": incident} | {name: getattr(told, name) for name in RemotePicture.__slots__}


def _picture(row: Row[Any]) -> RemotePicture:
    return RemotePicture(**{name: getattr(row, name) for name in RemotePicture.__slots__})
