"""That pictures of a site are wanted, inside the caller's transaction."""

from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from vigilanza.store.schema_centre import picture_wishes, site_incidents


def want_pictures(connection: Connection, incident: UUID, *, by: str, at: float, pinned: bool) -> bool:
    """False if it is no incident of a site. `pinned`: they are fetched to be kept, whoever looks."""
    whose = select(site_incidents.c.site, site_incidents.c.incident).where(site_incidents.c.here == incident)
    origin = connection.execute(whose).first()
    if origin is None:
        return False
    values = {"by": by, "wanted_at": at, "open": True, "next_at": at, "failures": 0}
    mine = picture_wishes.c.incident == incident
    kept = {"pinned": True} if pinned else {}
    if connection.execute(update(picture_wishes).where(mine).values(**values, **kept)).rowcount == 0:
        more = {"incident": incident, "site": origin.site, "there": origin.incident, "pinned": pinned, "away": False}
        connection.execute(insert(picture_wishes).values(**values, **more))
    return True


def expect_more(connection: Connection, incident: UUID, *, at: float) -> None:
    """Something happened in it: if its pictures are wanted, the site is asked again."""
    mine = picture_wishes.c.incident == incident
    connection.execute(update(picture_wishes).where(mine).values(wanted_at=at, open=True, next_at=at))
