"""The pictures of a site that its centre may ask for: of incidents that it was told of, and no originals."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine, exists, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.picturerefusal import PictureRefusal, PictureRefused
from vigilanza.domain.picturerequest import LISTED_MAX, PIECE_BYTES, RemotePicture
from vigilanza.store.database import reading
from vigilanza.store.ledger import ACKNOWLEDGED
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, media_of, whole
from vigilanza.store.schema_bridge import deliveries
from vigilanza.store.schema_custody import purged_media, withdrawn_media
from vigilanza.store.viewings import ViewingBook
from vigilanza.store.withdrawal import NO_ROOM


class Lending:
    """Of one destination with `channel: centre`. Every method may raise JournalUnavailable, and PictureRefused."""

    def __init__(
        self, *, engine: Engine, media: MediaStore, centre: str, term: float, book: ViewingBook, clock: Clock
    ) -> None:
        """`centre`: the destination's id; `term`: how long pictures are kept here, in seconds."""
        self._engine, self._media, self._centre, self._term = engine, media, centre, term
        self._book, self._clock = book, clock

    def listed(self, incident: UUID, first: int) -> list[RemotePicture]:
        """Those that there are, in the order of their pictures, but for the `first` ones; LISTED_MAX at most."""
        there = self._there(incident)[first : first + LISTED_MAX]
        return [self._remote(item) for item in there]

    def withdrawn(self, incident: UUID) -> list[str]:
        """The SHA-256 of what was deleted for what it showed, the latest first; LISTED_MAX at most."""
        gone = select(purged_media.c.sha256).join(withdrawn_media, withdrawn_media.c.id == purged_media.c.id)
        gone = gone.where(purged_media.c.incident == incident, withdrawn_media.c.why != NO_ROOM)
        with reading(self._engine) as connection:
            rows = connection.execute(gone.order_by(purged_media.c.purged_at.desc()).limit(LISTED_MAX))
            return list(rows.scalars())

    def piece(self, incident: UUID, sha256: str, offset: int, *, by: str) -> bytes:
        """PIECE_BYTES of the file from `offset` on, fewer where it ends. Who asks is in the audit chain before."""
        item = next((one for one in self._there(incident) if one.sha256 == sha256), None)
        if item is None:
            why = "the site does not have it any more: its term is over, or it was made anew"
            raise PictureRefused(why, PictureRefusal.GONE)
        self._book.write(f"{self._centre}/{by}", "media.lent", str(item.id), {"sha256": sha256})
        try:
            with self._media.path(item.id).open("rb") as file:
                file.seek(offset)
                return file.read(PIECE_BYTES)
        except UnknownRecord as error:
            raise PictureRefused("its file is gone at the site", PictureRefusal.FILE_GONE) from error
        except (OSError, OverflowError) as error:
            why = f"its file cannot be read at the site: {type(error).__name__}"
            raise PictureRefused(why, PictureRefusal.FILE_UNREADABLE) from error

    def _there(self, incident: UUID) -> Sequence[MediaItem]:
        """What lies here beyond its term, by an order or as it cannot be deleted, is nobody else's."""
        with reading(self._engine) as connection:
            if not self._is_told(connection, incident):
                why = "the site has told the centre of no such incident"
                raise PictureRefused(why, PictureRefusal.UNKNOWN_INCIDENT)
            there = whole(media_of(connection, incident))
        return [item for item in there if self._until(item) > self._clock.now()]

    def _is_told(self, connection: Connection, incident: UUID) -> bool:
        told = exists().where(
            deliveries.c.incident == incident,
            deliveries.c.destination == self._centre,
            deliveries.c.state == ACKNOWLEDGED,
        )
        return bool(connection.execute(select(told)).scalar())

    def _remote(self, item: MediaItem) -> RemotePicture:
        return RemotePicture(
            kind="clip" if item.kind == "clip" else "still",
            start=item.start,
            end=item.end,
            sha256=item.sha256,
            suffix=item.suffix,
            size_bytes=item.size_bytes,
            covered=item.covered,
            until=self._until(item),
        )

    def _until(self, item: MediaItem) -> float:
        return item.end + self._term
