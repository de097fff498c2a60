"""A clip or a still as the database knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, Select, delete, exists, insert, select

from vigilanza.store.schema import media
from vigilanza.store.schema_centre import site_pictures
from vigilanza.store.schema_custody import covered_media, owed_originals, purged_media, withdrawn_media
from vigilanza.store.tables import has_table

MediaKind: TypeAlias = Literal["clip", "still", "original"]
"""An original is what a camera sent, where the clip is masked: encrypted for two key holders, for evidence alone."""
_MIME = {
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".cms": "application/cms",
}


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A clip, a still or an original of an incident; `start` and `end` are picture times, UTC in Unix seconds.

    `covered`: the inside of a flat is black in it, at least for some of its time.
    """

    id: UUID
    incident: UUID
    kind: MediaKind
    start: float
    end: float
    sha256: str
    suffix: str
    size_bytes: int
    added_at: float
    missing: bool
    covered: bool = False

    @property
    def mime_type(self) -> str:
        """By its suffix."""
        return mime_type(self.suffix)


def medium_id(incident: UUID, kind: MediaKind, sha256: str) -> UUID:
    """The same bytes are kept once for an incident."""
    return uuid5(incident, f"media/{kind}/{sha256}")


def media_rows() -> Select[Any]:
    """All media, as `media_item` wants its row."""
    return select(media, exists().where(covered_media.c.id == media.c.id).label("covered"))


def media_of(connection: Connection, incident: UUID) -> list[MediaItem]:
    """An incident's media in the order of their pictures, inside the caller's transaction."""
    rows = connection.execute(
        media_rows().where(media.c.incident == incident).order_by(media.c.start, media.c.kind, media.c.id)
    )
    return [media_item(row) for row in rows]


def forget_media(connection: Connection, items: Sequence[MediaItem], at: float, *, why: str | None = None) -> None:
    """Of deleted media, only that they were there is left, inside the caller's transaction; `why` if before their term.

    The same bytes of an incident may have been deleted before: then the last time counts.
    """
    ids = [item.id for item in items]
    for table in (media, covered_media, purged_media, withdrawn_media, site_pictures):
        if has_table(connection, table):
            connection.execute(delete(table).where(table.c.id.in_(ids)))
    if has_table(connection, owed_originals):
        owed = owed_originals.c.clip.in_(ids), owed_originals.c.lost_at.is_(None)
        connection.execute(delete(owed_originals).where(*owed))
    names = [column.name for column in purged_media.columns if column.name != "purged_at"]
    rows = [{name: getattr(item, name) for name in names} | {"purged_at": at} for item in items]
    connection.execute(insert(purged_media), rows)
    if why is not None:
        connection.execute(insert(withdrawn_media), [{"id": one, "why": why} for one in ids])


def whole(items: Sequence[MediaItem]) -> list[MediaItem]:
    """What can be looked at, without the short first cuts of clips that are there in full length by now."""
    there = [item for item in items if not item.missing and item.kind != "original"]
    ends = {(item.kind, item.start): item.end for item in sorted(there, key=lambda item: item.end)}
    return [item for item in there if item.end == ends[item.kind, item.start]]


def mime_type(suffix: str) -> str:
    """Of a file with this suffix, like ".mp4"."""
    return _MIME.get(suffix, "application/octet-stream")


def media_item(row: Row[Any]) -> MediaItem:
    """One row of `media_rows`, or of the table alone."""
    return MediaItem(**row._mapping)
