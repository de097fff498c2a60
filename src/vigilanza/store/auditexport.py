"""Audit records as a file that is checked without the database: one line each, and a signed last one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import AuditBroken
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditcheck import ChainCheck
from vigilanza.store.auditline import GENESIS, AuditRecord, read_line
from vigilanza.store.database import reading
from vigilanza.store.evidence.checkpoint import encoded, from_texts
from vigilanza.store.evidence.dossier import iso
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.manifest import canonical
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.schema import audit

FORMAT = "vigilanza-audit-export-1"
LONGEST_LINE = 1 << 20
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class _End:
    """What the last line says: records `first` to `last`, before the first the hash `previous`, the last's `hash`."""

    first: int
    last: int
    previous: str
    hash: str


def export_records(
    engine: Engine, target: TextIO, *, first: int, key: SigningKey, site: str, by: str, clock: Clock
) -> int:
    """Write the chain from record `first` on; how many. The export itself is the last record in it.

    AuditBroken if they are not what was written, or there is no such record; JournalUnavailable, OSError.
    """
    AuditChain(engine=engine, clock=clock).append(
        who=by, action="audit.exported", subject=f"record {first}", detail={"from": first}
    )
    with reading(engine) as connection:
        before = connection.execute(select(audit.c.hash).where(audit.c.number == first - 1)).scalar() or GENESIS
        check = ChainCheck(number=first - 1, hash=before)
        connection.execution_options(yield_per=1000)
        with connection.execute(select(audit).where(audit.c.number >= first).order_by(audit.c.number)) as rows:
            for row in rows:
                record = AuditRecord(**row._mapping)
                for _ in check.take(record):
                    raise AuditBroken(f"audit record {record.number} is not what was written: audit verify says more")
                target.write(f"{record.line()}\n")
    if check.number < first:
        raise AuditBroken(f"there is no audit record {first}")
    numbers = {"from": first, "to": check.number, "previous": before, "hash": check.hash}
    end = canonical({"format": FORMAT, "site": site, "at": iso(clock.now()), **numbers}).decode()
    target.write(json.dumps({"end": end, "signature": encoded(key.sign(end.encode()))}) + "\n")
    return check.number - first + 1


def verify_export(path: Path, *, key: PublicKey | None) -> list[Finding]:
    """What holds of such a file, and what does not."""
    try:
        with path.open(encoding="utf-8", newline="\n") as source:
            lines = _lines(source)
            findings = list(_check(lines, key))
    except (OSError, UnicodeDecodeError) as error:
        return [Finding(Code.UNREADABLE, str(error))]
    return findings


def _lines(source: TextIO) -> Iterator[str]:
    while line := source.readline(LONGEST_LINE):
        yield line


def _check(lines: Iterator[str], key: PublicKey | None) -> Iterator[Finding]:
    """One line is looked at when the next is there: the last one is the signed end."""
    before = next(lines, "")
    check: ChainCheck | None = None
    first, faults = None, 0
    for place, line in enumerate(lines, 1):
        try:
            record = read_line(before)
        except ValueError:
            yield Finding(Code.LINE_ALTERED, str(place))
            return
        if check is None:
            first, check = record, ChainCheck(number=record.number - 1, hash=record.previous)
        for fault in check.take(record):
            faults += 1
            yield fault
        if faults >= MOST_FAULTS:
            return
        before = line
    yield from _check_end(before, first, check, key, faults)


def _check_end(
    line: str, first: AuditRecord | None, check: ChainCheck | None, key: PublicKey | None, faults: int
) -> Iterator[Finding]:
    end = _read_end(line, key) if line.endswith("\n") else Finding(Code.TRUNCATED)
    if isinstance(end, Finding):
        yield end
        return
    if first is None or check is None:
        yield Finding(Code.AUDIT_CUT, f"0 / {end.last - end.first + 1}")
        return
    if (first.number, first.previous) != (end.first, end.previous):
        yield Finding(Code.AUDIT_GAP, str(first.number))
    elif (check.number, check.hash) != (end.last, end.hash):
        yield Finding(Code.AUDIT_CUT, f"{check.number} / {end.last}")
    elif not faults:
        yield Finding(Code.CHAIN_INTACT, f"{end.first}-{end.last}")
        yield Finding(Code.END_UNSIGNED) if key is None else Finding(Code.END_SIGNED, key.fingerprint)


def _read_end(line: str, key: PublicKey | None) -> _End | Finding:
    """What the signed end says, or why it is none."""
    try:
        given = json.loads(line)
        text = str(given["end"])
        point = from_texts(0, text, str(given["signature"]), "")
        if key is not None and not point.is_genuine(key):
            return Finding(Code.END_ALTERED)
        told = json.loads(text)
        if told["format"] != FORMAT or line != json.dumps({"end": text, "signature": given["signature"]}) + "\n":
            return Finding(Code.END_ALTERED)
        return _End(int(told["from"]), int(told["to"]), str(told["previous"]), str(told["hash"]))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return Finding(Code.TRUNCATED)
