"""Which pictures others may have: those of incidents that an operator confirmed, as long as he or she stands by it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.database import reading
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, media_item, media_of, whole
from vigilanza.store.schema import media
from vigilanza.store.summary import confirmed_avs


class Releases:
    """Read-only. Every method may raise JournalUnavailable.

    All media have their masks burnt in since they were made: there are no others in the store.
    """

    def __init__(self, *, engine: Engine, store: MediaStore) -> None:
        self._engine, self._store = engine, store

    def of_incident(self, incident: UUID) -> list[MediaItem]:
        """In the order of their pictures, without first cuts of clips that are whole; none unless it is confirmed."""
        with reading(self._engine) as connection:
            return whole(media_of(connection, incident)) if _is_confirmed(connection, incident) else []

    def find(self, medium: UUID) -> MediaItem:
        """One medium; UnknownRecord if there is no such one any more, or its incident is not confirmed (any more)."""
        with reading(self._engine) as connection:
            row = connection.execute(select(media).where(media.c.id == medium)).first()
            if row is None or not _is_confirmed(connection, row.incident):
                raise UnknownRecord(f"no medium {medium} of a confirmed incident")
        return media_item(row)

    def path(self, item: MediaItem) -> Path:
        """Where the file lies; UnknownRecord if it is gone."""
        return self._store.path(item.id)


def _is_confirmed(connection: Connection, incident: UUID) -> bool:
    return confirmed_avs(connection, incident) is not None
