"""Deletes pictures at the end of their term, and proves it."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.holds import is_held
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, forget_media, media_item
from vigilanza.store.schema import media
from vigilanza.store.schema_centre import site_pictures
from vigilanza.store.tables import has_table

log = structlog.get_logger(__name__)

EVERY_S = 60.0
LATE_S = 15 * 60.0
"""What lies beyond its term for so long is a fault that somebody must mend."""
BATCH = 100
LONGEST_S = 1.0
"""Deleted in one transaction are so many, and on a slow disk as many as go in so long: other writers wait for it."""
PAUSE_S = 0.2
"""Between two batches other writers get their turn: those of SQLite look only every 0.1 s whether it is theirs."""
JUMP_S = 120.0
SETTLING_S = 600.0
"""A clock that jumped, or is that of a machine just started, must have kept its time for so long before anything is
deleted by it.
"""


@dataclass(frozen=True, slots=True)
class Purge:
    """One batch: media deleted, and those whose file could not be."""

    deleted: frozenset[UUID] = frozenset()
    stuck: frozenset[UUID] = frozenset()

    @property
    def tried(self) -> bool:
        """False when nothing was due."""
        return bool(self.deleted or self.stuck)


class Retention:
    """Of all media of one database: one is enough, more do no harm. `run` is one thread's.

    A term counts from the end of what a medium shows. A proof names the SHA-256 of each file and is written only when
    the files are gone: a crash in between repeats the deletion, and then proves it. Nothing is deleted in the first
    SETTLING_S.
    """

    def __init__(self, *, engine: Engine, files: MediaStore, clock: Clock, term: float) -> None:
        """`term` in seconds."""
        self._engine, self._files, self._clock, self._term = engine, files, clock, term
        self._offset = clock.now() - clock.monotonic()
        self._settled_at = clock.monotonic() + SETTLING_S
        self.deleted = self.failed = 0
        self.overdue = 0.0

    def run(self, stop: threading.Event) -> None:
        """Delete what is due, until `stop` is set."""
        away = False
        while True:
            try:
                stuck: set[UUID] = set()
                while (purge := self.run_once(stuck)).tried:
                    stuck |= purge.stuck
                    if self._clock.wait(PAUSE_S, stop):
                        return
                self.overdue, away = self.overdue_seconds(), False
            except JournalUnavailable as error:
                if not away:
                    log.error("pictures beyond their term cannot be deleted now", why=str(error))
                away = True
            if self._clock.wait(EVERY_S, stop):
                return

    def run_once(self, but: Collection[UUID] = ()) -> Purge:
        """Delete at most BATCH media that are due, oldest first, and none of `but`. JournalUnavailable."""
        now = self._clock.now()
        if not self._is_settled(now, self._clock.monotonic()):
            return Purge()
        with writing(self._engine) as connection:
            began, is_due = self._clock.monotonic(), _due(connection, now, self._term)
            due = select(media).where(is_due, media.c.id.not_in(but)).order_by(media.c.end, media.c.id)
            items = [media_item(row) for row in connection.execute(due.limit(BATCH))]
            gone, stuck = dict[UUID, MediaItem](), dict[UUID, str]()
            for item in items:
                try:
                    self._delete(connection, item, gone)
                    gone[item.id] = item
                except OSError as error:
                    stuck[item.id] = error.strerror or str(error)
                if self._clock.monotonic() - began >= LONGEST_S:
                    break
            if gone:
                self._prove(connection, list(gone.values()))
        self.deleted += len(gone)
        self.failed += len(stuck)
        if stuck:  # said once, for on a disk that went read-only it is all of them
            told = {"count": len(stuck), "first": str(next(iter(stuck))), "why": sorted(set(stuck.values()))}
            log.error("pictures beyond their term cannot be deleted", **told)
        return Purge(frozenset(gone), frozenset(stuck))

    def overdue_seconds(self) -> float:
        """For how long the oldest medium has been beyond its term; 0.0 if none is. JournalUnavailable."""
        now = self._clock.now()
        ours = select(func.min(media.c.end)).where(media.c.end <= now - self._term, ~is_held(now))
        copies = select(func.min(site_pictures.c.until)).join(media, media.c.id == site_pictures.c.id)
        copies = copies.where(site_pictures.c.until <= now, ~is_held(now))
        with reading(self._engine) as connection:
            oldest = connection.execute(ours).scalar()
            until = connection.execute(copies).scalar() if has_table(connection, site_pictures) else None
        late = now - self._term - oldest if oldest is not None else 0.0
        return max(late, now - until if until is not None else 0.0)

    def _is_settled(self, now: float, monotonic: float) -> bool:
        """A clock that is a day ahead for a minute must not cost all evidence."""
        offset = now - monotonic
        if abs(offset - self._offset) > JUMP_S:
            log.warning("the clock of this machine jumped: nothing is deleted by it yet", seconds=offset - self._offset)
            self._settled_at = monotonic + SETTLING_S
        self._offset = offset
        return monotonic >= self._settled_at

    def _delete(self, connection: Connection, item: MediaItem, gone: Collection[UUID]) -> None:
        """The file, unless the same bytes also belong to a medium that stays. OSError."""
        others = select(media.c.id).where(media.c.sha256 == item.sha256, media.c.suffix == item.suffix)
        if all(row.id == item.id or row.id in gone for row in connection.execute(others)):
            self._files.place_of(item).unlink(missing_ok=True)

    def _prove(self, connection: Connection, gone: list[MediaItem]) -> None:
        now = self._clock.now()  # not before: a package that was begun while the files were there is to be found by it
        forget_media(connection, gone, now)
        left = connection.execute(_left(now)).one()
        detail = {
            "term_seconds": self._term,
            "bytes": sum(item.size_bytes for item in gone),
            "sha256": sorted({item.sha256 for item in gone}),
            "left": left.media,
            "left_on_hold": left.held,
            "oldest_left": left.oldest,
        }
        subject = f"{len(gone)} media"
        append_record(connection, at=now, who="retention", action="media.purged", subject=subject, detail=detail)
        mark_changed(connection)


def _due(connection: Connection, now: float, term: float) -> ColumnElement[bool]:
    """At the end of its term here, or, if it is the copy of a site's, of that there."""
    if not has_table(connection, site_pictures):
        return and_(media.c.end <= now - term, ~is_held(now))
    over = select(site_pictures.c.id).where(site_pictures.c.until <= now)
    return and_(or_(media.c.end <= now - term, media.c.id.in_(over)), ~is_held(now))


def _left(now: float) -> Any:
    """How many media stay, how many of them on hold, and when the oldest that is not was taken."""
    free = ~is_held(now)
    count = func.count()
    return select(
        count.label("media"), count.filter(~free).label("held"), func.min(media.c.end).filter(free).label("oldest")
    ).select_from(media)
