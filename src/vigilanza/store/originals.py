"""Masked clips whose originals were to be kept, and those of them that are lost for good."""

import threading
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import reading, writing
from vigilanza.store.medium import MediaItem, media_of
from vigilanza.store.schema_custody import owed_originals

log = structlog.get_logger(__name__)

LATE_S = 900.0
"""By then the longest clip is made, with all tries: an original that is not there was lost, with its process or so."""
EVERY_S = 60.0
BATCH = 100
SLACK_S = 5.0
"""From one piece of a recording to the next one, and where a later cut finds less in the ring than the first one."""


def owe_original(connection: Connection, clip: MediaItem) -> None:
    """Inside the transaction that keeps the clip: whatever happens next, that its original is missing is noticed."""
    row = {"clip": clip.id, "incident": clip.incident, "start": clip.start, "end": clip.end}
    connection.execute(insert(owed_originals).values(row | {"owed_since": clip.added_at}))


def is_original_kept(items: Sequence[MediaItem], start: float, end: float) -> bool:
    """Whether originals among an incident's media show all from `start` to `end` (UTC, Unix seconds)."""
    reached = start
    for item in sorted(items, key=lambda item: item.start):
        if item.kind == "original" and item.start <= reached + SLACK_S:
            reached = max(reached, item.end)
    return reached >= end - SLACK_S


class OwedOriginals:
    """One process's; `lost` counts what it found. No counter of attempts would outlive a killed process, this does."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self.lost = 0

    def run(self, stop: threading.Event) -> None:
        """Look once a minute until `stop` is set."""
        while not self._clock.wait(EVERY_S, stop):
            try:
                self.run_once()
            except JournalUnavailable as error:
                log.warning("whether originals were lost is looked for later", why=str(error))

    def run_once(self) -> None:
        """Strike out what was kept, note what is lost by now. JournalUnavailable."""
        late = (owed_originals.c.lost_at.is_(None), owed_originals.c.owed_since < self._clock.now() - LATE_S)
        due = select(owed_originals).where(*late).order_by(owed_originals.c.owed_since).limit(BATCH)
        with reading(self._engine) as connection:
            if connection.execute(due).first() is None:
                return
        with writing(self._engine) as connection:
            lost = [row for row in connection.execute(due).all() if not _settled(connection, row)]
            for row in lost:
                mine = update(owed_originals).where(owed_originals.c.clip == row.clip)
                connection.execute(mine.values(lost_at=self._clock.now()))
        self.lost += len(lost)
        for row in lost:
            log.error("original lost, its masked clip is all there is", incident=str(row.incident), clip=str(row.clip))


def _settled(connection: Connection, row: Row[Any]) -> bool:
    """True, and struck out, if it was kept, or the same is owed for a longer clip."""
    owed = owed_originals.c
    longer = select(owed.clip).where(
        owed.incident == row.incident,
        owed.start <= row.start + SLACK_S,
        owed.end >= row.end,
        owed.end - owed.start > row.end - row.start,
    )
    is_kept = is_original_kept(media_of(connection, row.incident), row.start, row.end)
    if not is_kept and connection.execute(longer).first() is None:
        return False
    connection.execute(delete(owed_originals).where(owed_originals.c.clip == row.clip))
    return True
