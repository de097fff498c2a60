"""Exports: who asked that evidence leave the house, for whom and why, and who granted it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, Row, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.export import Export, check_asking, check_granting
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema import incidents
from vigilanza.store.schema_custody import exports, packages


@dataclass(frozen=True, slots=True)
class Package:
    """A sealed package: `number` in the order of sealing, `file` its name, `previous` the manifest before its own."""

    number: int
    incident: UUID
    export: UUID
    file: str
    sha256: str
    size_bytes: int
    manifest_sha256: str
    previous: str
    key_sha256: str
    sealed_at: float


class Exports:
    """Every act is in the audit chain, in the transaction that does it. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def ask(self, incident: UUID, *, recipient: str, reason: str, by: str) -> Export:
        """Ask for an incident's evidence. UnknownRecord; ExportRefused if it cannot be asked so."""
        now = self._clock.now()
        export = Export(uuid4(), incident, recipient.strip(), reason.strip(), asked_by=by, asked_at=now)
        check_asking(export)
        with writing(self._engine) as connection:
            if connection.execute(select(incidents.c.id).where(incidents.c.id == incident)).first() is None:
                raise UnknownRecord(f"no incident {incident}")
            connection.execute(insert(exports).values({name: getattr(export, name) for name in Export.__slots__}))
            detail = {"incident": str(incident), "recipient": export.recipient, "reason": export.reason}
            append_record(connection, at=now, who=by, action="export.asked", subject=str(export.id), detail=detail)
            mark_changed(connection)
        return export

    def of(self, incident: UUID) -> list[Export]:
        """An incident's exports, oldest first."""
        mine = select(exports).where(exports.c.incident == incident).order_by(exports.c.asked_at, exports.c.id)
        with reading(self._engine) as connection:
            return [_export(row) for row in connection.execute(mine)]

    def package(self, number: int) -> Package:
        """One sealed package; UnknownRecord."""
        with reading(self._engine) as connection:
            row = connection.execute(select(packages).where(packages.c.number == number)).first()
        if row is None:
            raise UnknownRecord(f"no package {number}")
        return Package(**row._mapping)


def find_export(connection: Connection, export_id: UUID) -> Export:
    """In the caller's transaction; UnknownRecord."""
    row = connection.execute(select(exports).where(exports.c.id == export_id)).first()
    if row is None:
        raise UnknownRecord(f"no export {export_id}")
    return _export(row)


def last_package(connection: Connection) -> Package | None:
    """The one that the next must name."""
    row = connection.execute(select(packages).order_by(packages.c.number.desc()).limit(1)).first()
    return None if row is None else Package(**row._mapping)


def note_grant(connection: Connection, export: Export, package: Package, by: str) -> None:
    """That `export` was granted and sealed in `package`. ExportRefused if it was granted meanwhile."""
    check_granting(find_export(connection, export.id), by, package.sealed_at)
    connection.execute(insert(packages).values({name: getattr(package, name) for name in Package.__slots__}))
    granted = {"granted_by": by, "granted_at": package.sealed_at, "package": package.number}
    connection.execute(update(exports).where(exports.c.id == export.id).values(granted))
    detail = {
        "incident": str(export.incident),
        "package": package.number,
        "sha256": package.sha256,
        "manifest_sha256": package.manifest_sha256,
        "recipient": export.recipient,
        "reason": export.reason,
        "asked_by": export.asked_by,
    }
    subject = str(export.id)
    append_record(
        connection, at=package.sealed_at, who=by, action="export.granted_and_sealed", subject=subject, detail=detail
    )
    mark_changed(connection)


def _export(row: Row[Any]) -> Export:
    return Export(**row._mapping)
