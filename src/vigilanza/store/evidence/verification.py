"""Checks a package, without database, configuration or network."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from vigilanza.store.auditline import AuditRecord, read_line
from vigilanza.store.evidence.container import Entry, read_container
from vigilanza.store.evidence.finding import Code, Finding, PackageBroken
from vigilanza.store.evidence.manifest import (
    AUDIT,
    KEY,
    LONGEST_BYTES,
    MANIFEST,
    SIGNATURE,
    STAMP,
    ListedFile,
    Manifest,
    read_manifest,
)
from vigilanza.store.evidence.signature import PublicKey

CheckStamp: TypeAlias = Callable[[bytes, bytes], Finding]
"""Of a time stamp (DER) over the bytes given second: STAMP_HOLDS, STAMP_NOT_TRUSTED or STAMP_WRONG."""
_UNLISTED = {MANIFEST, SIGNATURE, STAMP}


def verify_package(path: Path, *, key: PublicKey | None, check_stamp: CheckStamp) -> list[Finding]:
    """What holds and what does not; `key` is the office's, known by another way. Raises nothing but by a defect."""
    findings: list[Finding] = []
    try:
        with path.open("rb") as source:
            findings.extend(_check(source, key, check_stamp))
    except PackageBroken as broken:
        findings.append(broken.finding)
    except OSError as error:
        findings.append(Finding(Code.UNREADABLE, error.strerror or str(error)))
    return findings


def _check(source: BinaryIO, key: PublicKey | None, check_stamp: CheckStamp) -> Iterator[Finding]:
    """Everything that can be said, the container first: if that is broken, the rest still is looked at."""
    entries = {entry.path: entry for entry in read_container(source)}
    content = _Contents(source, entries)
    raw = content.of(MANIFEST)
    manifest = read_manifest(raw)
    yield Finding(Code.CONTAINER_WHOLE)
    yield Finding(Code.SEALED, f"{manifest.number}, {manifest.incident}, {manifest.sealed_at}")
    faults = list(_compare(manifest.files, entries))
    yield from faults or [Finding(Code.FILES_INTACT, str(len(manifest.files)))]
    stamp = content.of(STAMP) if STAMP in entries else b""
    signed = list(_check_signature(content, manifest, raw + stamp, key))
    yield from signed
    if not stamp:
        yield Finding(Code.NO_STAMP)
    elif not any(one.is_fault for one in signed):
        yield check_stamp(stamp, raw)
    if AUDIT in entries:
        yield from check_extract(content.of(AUDIT), manifest.audit_records, manifest.audit_hash)
    if manifest.gone:
        yield Finding(Code.GONE, str(manifest.gone))


class _Contents:
    def __init__(self, source: BinaryIO, entries: dict[str, Entry]) -> None:
        self._source, self._entries = source, entries

    def of(self, path: str) -> bytes:
        """A file as a whole; PackageBroken if it is missing, or longer than any of ours."""
        entry = self._entries.get(path)
        if entry is None:
            raise PackageBroken(Code.FILE_MISSING, path)
        if entry.size_bytes > LONGEST_BYTES:
            raise PackageBroken(Code.FILE_ALTERED, path)
        self._source.seek(entry.start)
        return self._source.read(entry.size_bytes)


def _compare(listed: Sequence[ListedFile], entries: dict[str, Entry]) -> Iterator[Finding]:
    """The files against what the manifest says of them."""
    names = [one.path for one in listed]
    for one in listed:
        entry = entries.get(one.path)
        if entry is None:
            yield Finding(Code.FILE_MISSING, one.path)
        elif (entry.size_bytes, entry.sha256) != (one.size_bytes, one.sha256):
            yield Finding(Code.FILE_ALTERED, one.path)
    for path in entries:
        if path not in names and path not in _UNLISTED:
            yield Finding(Code.FILE_UNKNOWN, path)
    if KEY not in names or AUDIT not in names:
        yield Finding(Code.MANIFEST_ALTERED)


def _check_signature(content: _Contents, manifest: Manifest, signed: bytes, key: PublicKey | None) -> Iterator[Finding]:
    """By the office's key if it is given; else by the one inside, which says only that nothing changed since."""
    try:
        inside = PublicKey.read(content.of(KEY))
    except ValueError:
        yield Finding(Code.FILE_ALTERED, KEY)
        return
    if inside.fingerprint != manifest.key_sha256:
        yield Finding(Code.FILE_ALTERED, KEY)
    if key is not None and key.fingerprint != inside.fingerprint:
        yield Finding(Code.WRONG_KEY, inside.fingerprint)
        return
    genuine = (key or inside).is_genuine(content.of(SIGNATURE), signed)
    yield Finding(Code.SIGNATURE_HOLDS if genuine else Code.SIGNATURE_WRONG)
    if key is None:
        yield Finding(Code.KEY_NOT_GIVEN, inside.fingerprint)
    else:
        yield Finding(Code.KEY_AS_GIVEN, key.fingerprint)


def check_extract(text: bytes, records: int, head: str) -> Iterator[Finding]:
    """Some records of a chain that had so many and ended with `head` when they were taken from it."""
    faults = list(_extract_faults(text, records, head))
    yield from faults or [Finding(Code.AUDIT_INTACT, str(text.count(b"\n")))]


def _extract_faults(text: bytes, records: int, head: str) -> Iterator[Finding]:
    before: AuditRecord | None = None
    for number, record in enumerate(_records(text), 1):
        if record is None:
            yield Finding(Code.AUDIT_ALTERED, f"{AUDIT}:{number}")
            return
        if record.digest() != record.hash:
            yield Finding(Code.AUDIT_ALTERED, str(record.number))
        if before is not None:
            follows = record.number == before.number + 1
            if record.number <= before.number or (follows and record.previous != before.hash):
                yield Finding(Code.AUDIT_GAP, str(record.number))
        if record.number > records or (record.number == records and record.hash != head):
            yield Finding(Code.AUDIT_ALTERED, str(record.number))
        before = record


def _records(text: bytes) -> Iterable[AuditRecord | None]:
    """Each line's record; None for what is none."""
    for line in text.splitlines():
        try:
            yield read_line(line.decode("utf-8"))
        except ValueError:
            yield None
