"""Keeps room on the disk that pictures lie on: the oldest go first, before the term if need be."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Engine, exists, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.forecast import Forecast
from vigilanza.store.database import reading
from vigilanza.store.holds import is_held
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, media_item
from vigilanza.store.schema import decisions, media
from vigilanza.store.withdrawal import NO_ROOM, Withdrawal

log = structlog.get_logger(__name__)

EVERY_S = 30.0
BATCH = 20
"""Deleted at a time, so that never much more goes than has to."""
PAUSE_S = 0.2
"""Between two batches other writers get their turn, as with Retention."""
AHEAD_S = 12 * 3600.0
"""So long before the room is gone people are told."""


def free_bytes(folder: Path) -> int:
    """Of the disk that holds the folder, or the nearest one above it that is there. OSError."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


class DiskRoom:
    """Of the media of one database. `run` is one thread's; what is on hold stays, whatever happens.

    Pictures of incidents that nobody has decided go last. Each deletion is in the audit chain, with its reason.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        files: MediaStore,
        withdrawal: Withdrawal,
        clock: Clock,
        reserve: int,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """`reserve`: bytes that stay free; `free` tells how many are."""
        self._engine, self._files, self._withdrawal, self._clock = engine, files, withdrawal, clock
        self._reserve, self._free = reserve, free
        self.withdrawn = 0

    def run(self, stop: threading.Event) -> None:
        """Keep the reserve free, until `stop` is set."""
        trouble = ""
        while True:
            try:
                while self.run_once():
                    if self._clock.wait(PAUSE_S, stop):
                        return
                trouble = ""
            except (JournalUnavailable, OSError) as error:
                if str(error) != trouble:
                    log.error("no room can be made on the disk of the pictures", why=str(error))
                trouble = str(error)
            if self._clock.wait(EVERY_S, stop):
                return

    def run_once(self) -> bool:
        """Delete as many of the oldest as it takes, at most BATCH; whether any went. JournalUnavailable, OSError."""
        lacking = self._reserve - self._free(self._files.root)
        items = self._oldest(lacking) if lacking > 0 else []
        if items:
            log.error("pictures are deleted before their term: the disk is full", count=len(items), lacking=lacking)
            self._withdrawal.withdraw([item.id for item in items], why=NO_ROOM)
            self.withdrawn += len(items)
        return bool(items)

    def _oldest(self, lacking: int) -> list[MediaItem]:
        decided = exists().where(decisions.c.incident == media.c.incident)
        order = (decided.desc(), media.c.end, media.c.id)
        free = select(media).where(~is_held(self._clock.now())).order_by(*order).limit(BATCH)
        found: list[MediaItem] = []
        with reading(self._engine) as connection:
            for row in connection.execute(free):
                if lacking > 0:
                    found.append(media_item(row))
                    lacking -= found[-1].size_bytes
        return found


class RoomWatch:
    """Says when the room for pictures comes to an end."""

    def __init__(self, folder: Path, *, reserve: int, clock: Clock, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder, self._reserve, self._clock, self._free = folder, reserve, clock, free
        self._forecast = Forecast()

    def is_short(self) -> bool:
        """Whether less than the reserve is free, or will be within AHEAD_S; also if nobody knows."""
        try:
            left = self._free(self._folder) - self._reserve
        except OSError:
            return True
        self._forecast.note(self._clock.monotonic(), left)
        return left <= 0 or self._forecast.seconds_left(left) < AHEAD_S
