"""Incidents of sites of which a centre has copies and nobody asks any more: a site may withdraw what they show."""

from collections.abc import Collection

from sqlalchemy import Engine, func, or_, select, update

from vigilanza.clock import Clock
from vigilanza.store.database import reading, writing
from vigilanza.store.schema import media
from vigilanza.store.schema_centre import picture_wishes, site_pictures
from vigilanza.store.sitepictures import PictureWish

EVERY_S = 6 * 3600.0
"""So long after a site's latest answer about an incident it is asked what it withdrew of it."""
AGAIN_S = 900.0
"""So long after a look that was in vain."""


class SecondLooks:
    """They change nothing of what is wanted, nor of how it stands. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def due(self, sites: Collection[str]) -> dict[str, PictureWish]:
        """By site, of `sites`, the incident that it was asked about longest ago, if it is due: of which copies are
        here, and their term is not over.
        """
        now, wish = self._clock.now(), picture_wishes.c
        copies = select(site_pictures.c.incident).join(media, media.c.id == site_pictures.c.id)
        # A clock that was ahead and was put right must not put it off for long.
        turn = func.row_number().over(partition_by=wish.site, order_by=(wish.listed_at, wish.incident))
        ranked = (
            select(picture_wishes, turn.label("turn"))
            .where(~wish.open, wish.site.in_(list(sites)), wish.incident.in_(copies.where(site_pictures.c.until > now)))
            .where(or_(wish.listed_at <= now - EVERY_S, wish.listed_at > now))
            .where(or_(wish.next_at <= now, wish.next_at > now + AGAIN_S))
            .subquery()
        )
        with reading(self._engine) as connection:
            first = connection.execute(select(ranked).where(ranked.c.turn == 1))
            return {row.site: PictureWish(row.incident, row.site, row.there, row.by, row.pinned) for row in first}

    def looked(self, wish: PictureWish) -> None:
        """The site has answered."""
        mine = (picture_wishes.c.incident == wish.incident, ~picture_wishes.c.open)
        with writing(self._engine) as connection:
            connection.execute(update(picture_wishes).where(*mine).values(listed_at=self._clock.now()))

    def put_off(self, wish: PictureWish, *, away: bool) -> None:
        """It was in vain. `away`: the site gave no answer; so it is with all that is to be looked at of it."""
        whose = picture_wishes.c.site == wish.site if away else picture_wishes.c.incident == wish.incident
        with writing(self._engine) as connection:
            later = {"next_at": self._clock.now() + AGAIN_S}
            connection.execute(update(picture_wishes).where(whose, ~picture_wishes.c.open).values(later))
