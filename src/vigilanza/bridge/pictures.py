"""The pictures that an alert offers: by links, which are signed when the attempt to send it is made."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

import structlog

from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import JournalUnavailable, UnknownRecord
from vigilanza.domain.picturelink import PATH, PictureLink
from vigilanza.store.medium import MediaItem, MediaKind
from vigilanza.store.releases import Releases

log = structlog.get_logger(__name__)

PICTURES_MAX = 8
"""The newest ones: a message stays below what its receiver takes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A clip or still. `start` and `end` are its times, `expires_at` that of the link, all UTC in Unix seconds.

    `sha1` and `sha256` are those of the whole file, in hexadecimal digits.
    """

    kind: MediaKind
    start: float
    end: float
    mime_type: str
    size_bytes: int
    sha1: str
    sha256: str
    uri: str
    expires_at: int


class Pictures(Protocol):
    """What one destination may see."""

    def of(self, alert: Alert) -> tuple[Picture, ...]:
        """Of the alert's incident, in the order of their times; never an error: an alert goes out without them."""
        ...


class NoPictures:
    """For destinations that are sent none."""

    def of(self, alert: Alert) -> tuple[Picture, ...]:  # noqa: ARG002 - the protocol's signature
        """None."""
        return ()


class LinkedPictures:
    """The links count from now: a destination that was away for a day can still follow them."""

    def __init__(
        self, *, destination: str, releases: Releases, public_url: str, key: bytes, seconds: float, clock: Clock
    ) -> None:
        """`seconds`: how long a link holds; `public_url` has no slash at its end."""
        self._destination, self._releases, self._clock = destination, releases, clock
        self._base, self._key, self._seconds = f"{public_url}/{PATH}/", key, seconds
        self._sha1s: dict[str, str] = {}
        """By SHA-256, of the pictures offered last: an attempt that is made again does not read them again."""

    def of(self, alert: Alert) -> tuple[Picture, ...]:
        """None unless the alert says that its incident is confirmed, and it still is."""
        if alert.data.get("status") != "confirmed":
            return ()
        try:
            items = self._releases.of_incident(alert.incident)[-PICTURES_MAX:]
            there = [(item, sha1) for item in items if (sha1 := self._sha1(item)) is not None]
            self._sha1s = {item.sha256: sha1 for item, sha1 in there}
            return tuple(self._link(item, sha1) for item, sha1 in there)
        except JournalUnavailable as error:
            log.error("alert goes out without pictures", destination=self._destination, why=str(error))
            return ()

    def _sha1(self, item: MediaItem) -> str | None:
        """CAP 1.2 knows no other digest. None if the file cannot be read any more: then there is nothing to show."""
        try:
            with self._releases.path(item).open("rb") as file:
                known = self._sha1s.get(item.sha256)
                return known or hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
        except (UnknownRecord, OSError) as error:
            log.warning("picture is not offered", destination=self._destination, medium=str(item.id), why=str(error))
            return None

    def _link(self, item: MediaItem, sha1: str) -> Picture:
        expires_at = int(self._clock.now() + self._seconds)
        link = PictureLink(item.id, self._destination, expires_at)
        return Picture(
            kind=item.kind,
            start=item.start,
            end=item.end,
            mime_type=item.mime_type,
            size_bytes=item.size_bytes,
            sha1=sha1,
            sha256=item.sha256,
            uri=self._base + link.token(self._key),
            expires_at=expires_at,
        )
