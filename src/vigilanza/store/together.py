"""Which cameras' incidents began at once, as the database knows them."""

from uuid import UUID

from sqlalchemy import Connection, select

from vigilanza.domain.together import LOOK_BACK_S, WITHIN_S, hit_together
from vigilanza.store.schema import incidents


def first_hit_with(connection: Connection, incident: UUID) -> UUID | None:
    """The first of the cameras' incidents that began at once with this one; None if it is a door's, or began alone."""
    mine = select(incidents.c.first_at).where(incidents.c.id == incident, incidents.c.door.is_(None))
    at = connection.execute(mine).scalar()
    if at is None:
        return None
    near = incidents.c.first_at.between(at - LOOK_BACK_S, at + WITHIN_S)
    begun = select(incidents.c.id, incidents.c.first_at).where(incidents.c.door.is_(None), near)
    return hit_together((row.id, row.first_at) for row in connection.execute(begun)).get(incident)
