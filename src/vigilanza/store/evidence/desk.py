"""Where operators ask for evidence, grant it, and fetch it for as long as it may lie here."""

import threading
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Engine, func, select

from vigilanza.clock import Clock
from vigilanza.domain.ask import LASTS_SECONDS
from vigilanza.domain.errors import ExportRefused, JournalUnavailable, UnknownRecord
from vigilanza.domain.export import Export
from vigilanza.store.audit import AuditChain, append_record
from vigilanza.store.database import reading, writing
from vigilanza.store.evidence.sealer import PACKAGE_FILES, Sealed, Sealer
from vigilanza.store.exports import Exports, Package
from vigilanza.store.schema_custody import packages, purged_media

log = structlog.get_logger(__name__)

EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Handover:
    """An export; its package once it was granted, and whether that can still be fetched."""

    export: Export
    package: Package | None
    is_there: bool


class ExportDesk:
    """A package is a copy of pictures: its file goes after LASTS_SECONDS, and as soon as one of its pictures does.

    Every method may raise JournalUnavailable.
    """

    def __init__(self, *, engine: Engine, clock: Clock, folder: Path, sealer: Sealer | None) -> None:
        """`folder` is this desk's alone; without `sealer` nothing is exported."""
        self._engine, self._clock, self._folder, self._sealer = engine, clock, folder, sealer
        self._exports = Exports(engine=engine, clock=clock)
        self._audit = AuditChain(engine=engine, clock=clock)

    @property
    def is_open(self) -> bool:
        """Whether there is a key to seal with."""
        return self._sealer is not None

    def ask(self, incident: UUID, *, recipient: str, reason: str, by: str) -> Handover:
        """See Exports. ExportRefused where nothing is sealed."""
        self._open_sealer()
        return Handover(self._exports.ask(incident, recipient=recipient, reason=reason, by=by), None, is_there=False)

    def grant(self, export_id: UUID, *, by: str) -> Sealed:
        """See Sealer."""
        return self._open_sealer().grant(export_id, by=by, folder=self._folder)

    def of(self, incident: UUID) -> list[Handover]:
        """An incident's exports, oldest first."""
        found = []
        for export in self._exports.of(incident):
            package = None if export.package is None else self._exports.package(export.package)
            is_there = package is not None and (self._folder / package.file).is_file()
            found.append(Handover(export, package, is_there))
        return found

    def fetch(self, number: int, *, by: str) -> Path:
        """Where a package's file lies, once the audit chain has that `by` fetched it. UnknownRecord if it is gone."""
        package = self._exports.package(number)
        path = self._folder / package.file
        if not path.is_file():
            raise UnknownRecord(f"the file of package {number} is not here any more: ask for the export anew")
        detail = {"package": number, "sha256": package.sha256}
        self._audit.append(who=by, action="export.fetched", subject=str(package.export), detail=detail)
        return path

    def run(self, stop: threading.Event) -> None:
        """Delete files that must go, until `stop` is set."""
        while True:
            try:
                self.tidy()
            except (JournalUnavailable, OSError) as error:
                log.error("packages are not tidied up now", why=str(error))
            if self._clock.wait(EVERY_S, stop):
                return

    def tidy(self) -> int:
        """Delete the files that must go, each with an audit record; how many. What cannot be deleted is logged."""
        gone = 0
        for path in sorted(self._folder.glob(PACKAGE_FILES)):
            try:
                gone += self._let_go(path)
            except FileNotFoundError:
                continue  # somebody was faster
            except OSError as error:
                log.error("a package that must go stays: delete it by hand", file=path.name, why=error.strerror)
        return gone

    def _let_go(self, path: Path) -> bool:
        """Delete the file of a package if it must go, or what an interrupted sealing left: whether it was the first."""
        now, package = self._clock.now(), self._package_of(path)
        if package is None:
            if now - path.stat().st_mtime > LASTS_SECONDS:
                path.unlink()
            return False
        if now < package.sealed_at + LASTS_SECONDS and not self._has_lost_pictures(package):
            return False
        detail = {"package": package.number, "sha256": package.sha256}
        subject = str(package.export)
        with writing(self._engine) as connection:  # before the file is gone, for nobody looks for it afterwards
            append_record(
                connection, at=now, who="retention", action="export.file_deleted", subject=subject, detail=detail
            )
            path.unlink()
        return True

    def _open_sealer(self) -> Sealer:
        if self._sealer is None:
            raise ExportRefused("key", "no key is configured to sign packages with: evidence.key_file")
        return self._sealer

    def _package_of(self, path: Path) -> Package | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(packages).where(packages.c.file == path.name)).first()
        return None if row is None else Package(**row._mapping)

    def _has_lost_pictures(self, package: Package) -> bool:
        """Whether one was deleted since, at the end of its term or before."""
        last = select(func.max(purged_media.c.purged_at)).where(purged_media.c.incident == package.incident)
        with reading(self._engine) as connection:
            at = connection.execute(last).scalar()
        return at is not None and float(at) >= package.sealed_at
