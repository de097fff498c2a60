"""Seals an incident's evidence into one file."""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.domain.errors import ExportRefused, JournalUnavailable, StampUnavailable
from vigilanza.domain.export import Export, check_granting
from vigilanza.store.audit import chain_end
from vigilanza.store.auditline import GENESIS
from vigilanza.store.database import reading, writing
from vigilanza.store.evidence.container import ContainerWriter, Entry
from vigilanza.store.evidence.dossier import Dossier, Json, iso, read_dossier
from vigilanza.store.evidence.guide import GUIDE, guide
from vigilanza.store.evidence.manifest import FORMAT, KEY, MANIFEST, SIGNATURE, STAMP, canonical, sha256
from vigilanza.store.evidence.pictures import add_pictures
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.exports import Package, find_export, last_package, note_grant
from vigilanza.store.media import MediaStore

Stamp: TypeAlias = Callable[[bytes], bytes]
"""A time stamp (RFC 3161, a TimeStampResp in DER) over the SHA-256 of the bytes given. StampUnavailable."""
log = structlog.get_logger(__name__)

PACKAGE_FILES = "*evidence-*"
"""Names of packages, and of those being made, in their folder."""
_SUMS = "SHA256SUMS"
_NO_PACKAGE = Package(0, UUID(int=0), UUID(int=0), "", "", 0, GENESIS, GENESIS, "", 0.0)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the manifest says of the installation: `site`; `system` (versions, hashes, clock) and a
    `camera` by its id, as they are when a package is sealed.
    """

    site: Json
    system: Callable[[], Json]
    camera: Callable[[str], Json]


@dataclass(frozen=True, slots=True)
class Sealed:
    """`gone`: how many media could not be in it. `is_held`: the incident's pictures stay. `unstamped`: why."""

    package: Package
    path: Path
    gone: int
    is_held: bool
    unstamped: str | None


class Sealer:
    """Packages form a chain: each names the manifest of the one before. Several sealers may work on one database."""

    def __init__(
        self,
        *,
        engine: Engine,
        media: MediaStore,
        clock: Clock,
        key: SigningKey,
        circumstances: Circumstances,
        stamp: Stamp | None = None,
    ) -> None:
        self._engine, self._media, self._clock = engine, media, clock
        self._key, self._circumstances, self._stamp = key, circumstances, stamp

    def grant(self, export_id: UUID, *, by: str, folder: Path) -> Sealed:
        """Grant an export and seal its package into `folder`: both, with their audit record, or none of it.

        UnknownRecord; ExportRefused if it cannot be granted, or is too large for a package; JournalUnavailable;
        OSError if the file cannot be written.
        """
        now = self._clock.now()
        with reading(self._engine) as connection:
            export = find_export(connection, export_id)
            check_granting(export, by, now)
            dossier = read_dossier(connection, export.incident, now)
            records, head = chain_end(connection)
            chain = {"records": records, "hash": head}
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix="making-evidence-", dir=folder)
        incoming = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as target:
                draft = _Draft(target, self._media, dossier, self._key)
                return self._seal(draft, export, by, now, chain, incoming)
        except ValueError as error:
            raise ExportRefused("id", str(error)) from error
        finally:
            incoming.unlink(missing_ok=True)

    def _seal(self, draft: "_Draft", export: Export, by: str, now: float, chain: Json, incoming: Path) -> Sealed:
        while True:
            with reading(self._engine) as connection:
                last = last_package(connection) or _NO_PACKAGE
            manifest = canonical(self._manifest(draft, export, by, now, chain, last))
            stamp, unstamped = self._stamped(manifest)
            whole, size_bytes = draft.finish(manifest, self._key.sign(manifest + stamp), stamp)
            package = Package(
                number=last.number + 1,
                incident=export.incident,
                export=export.id,
                file=f"evidence-{export.incident}-{whole[:16]}.zip",
                sha256=whole,
                size_bytes=size_bytes,
                manifest_sha256=sha256(manifest),
                previous=last.manifest_sha256,
                key_sha256=self._key.public.fingerprint,
                sealed_at=now,
            )
            path = incoming.with_name(package.file)
            if self._kept(export, package, by, incoming, path):
                return Sealed(package, path, len(draft.gone), draft.dossier.is_held, unstamped)
            draft.reopen()

    def _kept(self, export: Export, package: Package, by: str, incoming: Path, path: Path) -> bool:
        """False if another package was sealed meanwhile: then this one does not name the last."""
        try:
            with writing(self._engine) as connection:
                if (last_package(connection) or _NO_PACKAGE).number + 1 != package.number:
                    return False
                note_grant(connection, export, package, by)
                incoming.replace(path)
        except JournalUnavailable:
            path.unlink(missing_ok=True)
            raise
        return True

    def _manifest(
        self, draft: "_Draft", export: Export, by: str, now: float, chain: Json, last: Package
    ) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "incident": str(export.incident),
            "package": {"number": last.number + 1, "previous": last.manifest_sha256},
            "sealed": {
                "at": iso(now),
                "asked_by": export.asked_by,
                "granted_by": by,
                "recipient": export.recipient,
                "reason": export.reason,
            },
            "site": self._circumstances.site,
            "system": self._circumstances.system(),
            "camera": self._circumstances.camera(draft.dossier.camera),
            "key": {"algorithm": self._key.public.algorithm, "sha256": self._key.public.fingerprint},
            "audit_chain": chain,
            "media": draft.shown,
            "media_gone": draft.gone,
            "files": [{"path": one.path, "size_bytes": one.size_bytes, "sha256": one.sha256} for one in draft.entries],
        }

    def _stamped(self, manifest: bytes) -> tuple[bytes, str | None]:
        """A time stamp, or why there is none."""
        if self._stamp is None:
            return b"", None
        try:
            return self._stamp(manifest), None
        except StampUnavailable as error:
            log.warning("a package is sealed without a time stamp", why=str(error))
            return b"", str(error)


class _Draft:
    """A package whose manifest is still to come."""

    def __init__(self, target: "io.BufferedRandom", media: MediaStore, dossier: Dossier, key: SigningKey) -> None:
        self._target, self._writer, self.dossier = target, ContainerWriter(target), dossier
        self.entries: list[Entry] = []
        self.shown, self.gone = add_pictures(self._writer, self.entries, media, dossier)
        texts = {**dossier.documents, GUIDE: guide(), KEY: key.public.pem.decode()}
        for path, text in texts.items():
            self._add(path, text.encode())
        self._add(_SUMS, "".join(f"{one.sha256}  {one.path}\n" for one in self.entries).encode())
        self._end = target.tell()

    def finish(self, manifest: bytes, signature: bytes, stamp: bytes) -> tuple[str, int]:
        """On disk when this returns; the whole file's SHA-256, and its size in bytes."""
        for path, content in ((MANIFEST, manifest), (STAMP, stamp), (SIGNATURE, signature)):
            if content:
                self._writer.add(path, io.BytesIO(content))
        self._writer.close()
        self._target.flush()
        os.fsync(self._target.fileno())
        size_bytes = self._target.tell()
        self._target.seek(0)
        return hashlib.file_digest(self._target, "sha256").hexdigest(), size_bytes

    def reopen(self) -> None:
        """Take back what `finish` wrote: another package was sealed meanwhile."""
        self._target.seek(self._end)
        self._target.truncate()
        self._writer.keep(len(self.entries))

    def _add(self, path: str, content: bytes) -> None:
        self.entries.append(self._writer.add(path, io.BytesIO(content)))
