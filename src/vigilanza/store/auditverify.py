"""Checks the whole audit chain of a database against itself and its check points."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from cryptography.x509 import Certificate
from sqlalchemy import Connection, Engine, select

from vigilanza.domain.errors import AuditBroken
from vigilanza.store.auditcheck import ChainCheck
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.checkpoints import checkpoint_of
from vigilanza.store.database import reading
from vigilanza.store.evidence.checkpoint import Checkpoint, Said
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.evidence.stamp import check_stamp
from vigilanza.store.schema import audit, meta
from vigilanza.store.schema_custody import audit_checkpoints

MOST_FAULTS = 20
"""Beyond so many nothing more is learned."""


def verify_chain(
    engine: Engine,
    *,
    key: PublicKey | None,
    copies: Sequence[Checkpoint] = (),
    authority: Sequence[Certificate] | None = None,
) -> list[Finding]:
    """What holds and what does not; `copies` are check points kept elsewhere. JournalUnavailable.

    Without `key` check points are compared with the chain, but anybody may have signed them; without `authority` their
    time stamps are not looked at.
    """
    with reading(engine) as connection:
        faults, points = _checkpoints(connection, key, copies)
        attested: dict[int, set[str]] = {}
        for said in points.values():
            attested.setdefault(said.records, set()).add(said.hash)
        count, broken = _records(connection, attested)
    stamps = [] if authority is None else _stamps(points, authority)
    faults += broken + [one for one in stamps if one.is_fault]
    if faults:
        return faults
    findings = [Finding(Code.CHAIN_INTACT, str(count))]
    findings.append(Finding(Code.CHECKPOINTS_HOLD, str(len(attested))) if points else Finding(Code.NO_CHECKPOINTS))
    if points and key is None:
        findings.append(Finding(Code.CHECKPOINTS_UNSIGNED))
    findings += stamps[-1:]
    if points and count > max(attested):
        findings.append(Finding(Code.AFTER_CHECKPOINT, str(count - max(attested))))
    return findings


def _stamps(points: dict[Checkpoint, Said], authority: Sequence[Certificate]) -> list[Finding]:
    """Of those that are stamped, in their order."""
    found = []
    for point in sorted(points, key=lambda point: point.number):
        if point.stamp:
            found.append(check_stamp(point.stamp, point.payload.encode(), authority))
    return found


def _records(connection: Connection, attested: Mapping[int, AbstractSet[str]]) -> tuple[int, list[Finding]]:
    """How many there are, and what is wrong with them.

    `attested`: by number, each hash that a check point says of the record; of two that differ one is wrong in any case.
    """
    expected = connection.execute(select(meta.c.value).where(meta.c.name == "audit")).scalar()
    check, count, faults, open_points = ChainCheck(), 0, list[Finding](), dict(attested)
    connection.execution_options(yield_per=1000)
    with connection.execute(select(audit).order_by(audit.c.number)) as rows:
        for count, row in enumerate(rows, 1):
            record = AuditRecord(**row._mapping)
            faults += check.take(record)
            if open_points.pop(record.number, {record.hash}) != {record.hash}:
                faults.append(Finding(Code.CHECKPOINT_DISAGREES, str(record.number)))
            if len(faults) >= MOST_FAULTS:
                return count, faults
    written = max(expected or 0, *open_points, 0)
    if check.number != written:
        # More records than were counted: somebody added them without the program.
        beyond = check.number > written
        faults.append(Finding(Code.AUDIT_GAP, str(check.number)) if beyond else _cut(check.number, written))
    return count, faults


def _cut(there: int, written: int) -> Finding:
    return Finding(Code.AUDIT_CUT, f"{there} / {written}")


def _checkpoints(
    connection: Connection, key: PublicKey | None, copies: Sequence[Checkpoint]
) -> tuple[list[Finding], dict[Checkpoint, Said]]:
    """What is wrong with the check points, and what those say that are genuine."""
    faults, said, kept = list[Finding](), dict[Checkpoint, Said](), dict[int, Checkpoint]()
    for row in connection.execute(select(audit_checkpoints).order_by(audit_checkpoints.c.number)):
        try:
            kept[row.number] = checkpoint_of(row)
        except AuditBroken:
            faults.append(Finding(Code.CHECKPOINT_ALTERED, str(row.number)))
    faults += _gaps(list(kept.values()))
    for copy in copies:
        if copy.number not in kept:
            faults.append(Finding(Code.CHECKPOINT_GAP, str(copy.number + 1)))
        elif copy != kept[copy.number]:
            faults.append(Finding(Code.CHECKPOINT_ALTERED, str(copy.number)))
    for point in {*kept.values(), *copies}:
        try:
            if key is not None and not point.is_genuine(key):
                raise ValueError("signed by another key")
            said[point] = point.said()
        except ValueError:
            faults.append(Finding(Code.CHECKPOINT_ALTERED, str(point.number)))
    return list(dict.fromkeys(faults)), said


def _gaps(points: Sequence[Checkpoint]) -> Iterator[Finding]:
    """Each must be the next number, and name the one before."""
    before: Checkpoint | None = None
    for point in points:
        try:
            said = point.said()
        except ValueError:
            return  # told as altered
        first = before is None and said.number == 1
        if said.number != point.number:
            yield Finding(Code.CHECKPOINT_ALTERED, str(point.number))
        elif not first and (before is None or point.number != before.number + 1 or said.previous != before.sha256):
            yield Finding(Code.CHECKPOINT_GAP, str(point.number))
        before = point
