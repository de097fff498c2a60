"""Takes pictures away before their term: they show what nobody may see, or there is no room for them."""

from collections.abc import Collection
from uuid import UUID

import structlog
from sqlalchemy import Engine, select

from vigilanza.clock import Clock
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, writing
from vigilanza.store.holds import is_held
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import forget_media, media_item
from vigilanza.store.schema import media

log = structlog.get_logger(__name__)

NO_ROOM = "no room left on the disk"


class Withdrawal:
    """Of clips and stills. What is on hold stays."""

    def __init__(self, *, engine: Engine, files: MediaStore, clock: Clock) -> None:
        self._engine, self._files, self._clock = engine, files, clock

    def withdraw(self, ids: Collection[UUID], *, why: str, who: str = "watch") -> None:
        """Delete them; a record in the audit chain says why, and in whose name. JournalUnavailable or OSError: some
        may be left.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            mine = select(media).where(media.c.id.in_(ids), ~is_held(now)).order_by(media.c.id)
            items = [media_item(row) for row in connection.execute(mine)]
            if len(items) < len(ids):
                log.warning("pictures to withdraw stay: they are on hold, or gone", left=len(ids) - len(items))
            if not items:
                return
            others = select(media.c.sha256).where(
                media.c.sha256.in_([item.sha256 for item in items]), media.c.id.not_in([item.id for item in items])
            )
            shared = set(connection.execute(others).scalars())
            for item in items:
                if item.sha256 not in shared:
                    self._files.place_of(item).unlink(missing_ok=True)
            at = self._clock.now()  # not before, see Retention
            forget_media(connection, items, at, why=why)
            detail = {"why": why, "sha256": sorted({item.sha256 for item in items})}
            subject = f"{len(items)} media"
            append_record(connection, at=at, who=who, action="media.withdrawn", subject=subject, detail=detail)
            mark_changed(connection)
