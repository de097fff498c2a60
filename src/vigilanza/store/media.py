"""Clips and stills: files named by their content's hash, each with rows in the database."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.directory import keep_names
from vigilanza.store.medium import MediaItem, MediaKind, media_item, media_of, media_rows, medium_id
from vigilanza.store.originals import owe_original
from vigilanza.store.schema import media
from vigilanza.store.schema_custody import covered_media

log = structlog.get_logger(__name__)

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_OWN_NAME = re.compile(rf"[0-9a-f]{{64}}{_SUFFIX.pattern}")
_INCOMING = "incoming-"


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found: files removed because no row names them, rows whose file is gone."""

    removed: int
    missing: int


class MediaStore:
    """Keeps media under `root`. A file is whole and on disk before its row exists."""

    def __init__(self, *, root: Path, engine: Engine, clock: Clock) -> None:
        self.root, self._engine, self._clock = root, engine, clock
        root.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        *,
        incident: UUID,
        kind: MediaKind,
        start: float,
        end: float,
        content: Path | bytes,
        suffix: str,
        covered: bool = False,
        owes_original: bool = False,
    ) -> MediaItem:
        """Keep `content` (a file, which is moved here, or bytes) for an incident; the same twice is kept once.

        `owes_original`: what is black in it is to be kept, too, see OwedOriginals. `suffix` is like ".mp4".
        ValueError for another form; OSError or JournalUnavailable if it could not be kept:
        a given file is then still where it was.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a file suffix: {suffix!r}")
        sha256, size_bytes = self._place(content, suffix)
        item = MediaItem(
            id=medium_id(incident, kind, sha256),
            incident=incident,
            kind=kind,
            start=start,
            end=end,
            sha256=sha256,
            suffix=suffix,
            size_bytes=size_bytes,
            added_at=self._clock.now(),
            missing=False,
            covered=covered,
        )
        with writing(self._engine) as connection:
            if not self.place_of(item).exists():  # deleted since, with another medium of the same bytes
                self._place(content, suffix)
            known = connection.execute(media_rows().where(media.c.id == item.id)).first()
            if known is None:
                _enter(connection, item, owes_original=owes_original)
        if isinstance(content, Path):
            content.unlink()
        return item if known is None else media_item(known)

    def path(self, media_id: UUID) -> Path:
        """Where the file lies; UnknownRecord if it cannot be looked at: no such medium, its file gone, sealed."""
        with reading(self._engine) as connection:
            row = connection.execute(select(media).where(media.c.id == media_id)).first()
        if row is None or row.kind == "original":
            raise UnknownRecord(f"no medium {media_id}")
        path = self._path_of(row.sha256, row.suffix)
        if not path.is_file():
            raise UnknownRecord(f"the file of medium {media_id} is gone")
        return path

    def place_of(self, item: MediaItem) -> Path:
        """Where its file lies, or lay."""
        return self._path_of(item.sha256, item.suffix)

    def for_incident(self, incident: UUID) -> list[MediaItem]:
        """An incident's media in the order of their pictures."""
        with reading(self._engine) as connection:
            return media_of(connection, incident)

    def sweep(self, *, older_than: float = 3600.0) -> SweepReport:
        """Both ways, at start: remove our files that no row names (if older, in seconds), mark rows without a file.

        Only names that `add` gives are looked at. Without any row nothing is removed: the database may be new or
        restored, and the folder all there is left. A file that cannot be removed or seen is passed over.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(select(media.c.sha256, media.c.suffix, media.c.missing).distinct()).all()
        named = {self._path_of(row.sha256, row.suffix): row for row in rows}
        unnamed = [path for path in self._own_files() if path not in named]
        removed = 0
        if rows:
            removed = sum(self._remove(path, older_than) for path in unnamed)
        elif unnamed:
            log.warning("the database names no media at all: files are left alone", files=len(unnamed))
        there = {path: _is_there(path) for path in named}
        gone = [row.sha256 for path, row in named.items() if there[path] is False]
        back = [row.sha256 for path, row in named.items() if row.missing and there[path]]
        for hashes, missing in ((gone, True), (back, False)):
            if hashes:
                self._mark(hashes, missing=missing)
        return SweepReport(removed, len(gone))

    def _own_files(self) -> list[Path]:
        """What bears a name that only `_place` gives."""
        found = list(self.root.glob(f"{_INCOMING}*"))
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if _OWN_NAME.fullmatch(path.name) and path.name[:2] == path.parent.name:
                found.append(path)
        return found

    def _remove(self, path: Path, older_than: float) -> bool:
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or self._clock.now() - found.st_mtime <= older_than:
                return False
            path.unlink()
        except OSError as error:
            log.warning("a file that no row names stays", file=path.name, why=error.strerror)
            return False
        return True

    def _mark(self, hashes: list[str], *, missing: bool) -> None:
        with writing(self._engine) as connection:
            for sha256 in hashes:
                connection.execute(update(media).where(media.c.sha256 == sha256).values(missing=missing))
            mark_changed(connection)

    def _path_of(self, sha256: str, suffix: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}{suffix}"

    def _place(self, content: Path | bytes, suffix: str) -> tuple[str, int]:
        """Copy or link the content to its place, whole and fsync'ed; its hash and size in bytes."""
        descriptor, name = tempfile.mkstemp(prefix=_INCOMING, dir=self.root)
        incoming = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as target:
                if isinstance(content, bytes):
                    target.write(content)
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            with incoming.open("rb") as written:
                sha256 = hashlib.file_digest(written, "sha256").hexdigest()
            size_bytes = incoming.stat().st_size
            place = self._path_of(sha256, suffix)
            place.parent.mkdir(exist_ok=True)
            incoming.replace(place)
            for folder in (place.parent, self.root):  # the folder may be new
                keep_names(folder)
        finally:
            incoming.unlink(missing_ok=True)
        return sha256, size_bytes


def _enter(connection: Connection, item: MediaItem, *, owes_original: bool) -> None:
    connection.execute(insert(media).values({one.name: getattr(item, one.name) for one in media.columns}))
    if item.covered:
        connection.execute(insert(covered_media).values(id=item.id))
    if owes_original:
        owe_original(connection, item)
    mark_changed(connection)


def _is_there(path: Path) -> bool | None:
    """None if that cannot be told."""
    try:
        return path.is_file()
    except OSError:
        return None
