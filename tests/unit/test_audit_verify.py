"""`audit verify`: whatever somebody with full rights does to the chain is found. On both databases."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from tests.fakes import FakeClock
from tests.sealed import codes, key_pem
from tests.unit.test_store_audit import unlock
from vigilanza.domain.errors import AuditBroken
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditexport import export_records, verify_export
from vigilanza.store.auditline import GENESIS, AuditRecord
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.checkpointcopies import CheckpointCopies
from vigilanza.store.checkpoints import CheckpointWriter
from vigilanza.store.database import writing
from vigilanza.store.evidence.checkpoint import Checkpoint
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.schema import audit, meta
from vigilanza.store.schema_custody import audit_checkpoints

KEY = SigningKey.read(key_pem())
RECORDS = 6


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_795_000_000.5)


@pytest.fixture
def chain(engine: Engine, clock: FakeClock) -> AuditChain:
    """Six records, with a check point after the second, the fourth and the sixth."""
    return AuditChain(engine=engine, clock=clock)


@pytest.fixture
def writer(engine: Engine, clock: FakeClock, chain: AuditChain, tmp_path: Path) -> CheckpointWriter:
    copies = CheckpointCopies(tmp_path / "copies.ndjson")
    writer = CheckpointWriter(engine=engine, clock=clock, key=KEY, site="0423", copies=copies)
    for number in range(1, RECORDS + 1):
        chain.append(who="anna", action="clip.viewed", subject=f"clip {number}")
        if number % 2 == 0:
            assert writer.write() is not None
    assert writer.write() is None, "nothing was written since"
    unlock(engine)
    unlock(engine, "audit_checkpoints")
    return writer


def copies(tmp_path: Path) -> list[Checkpoint]:
    return CheckpointCopies(tmp_path / "copies.ndjson").read()


def faults(engine: Engine, key: SigningKey = KEY, also: list[Checkpoint] | None = None) -> list[Finding]:
    return [one for one in verify_chain(engine, key=key.public, copies=also or []) if one.is_fault]


def test_what_is_as_it_was_written_holds(engine: Engine, writer: CheckpointWriter, tmp_path: Path) -> None:
    found = verify_chain(engine, key=KEY.public, copies=copies(tmp_path))
    assert found == [Finding(Code.CHAIN_INTACT, "6"), Finding(Code.CHECKPOINTS_HOLD, "3")]
    assert Code.CHECKPOINTS_UNSIGNED in codes(verify_chain(engine, key=None))


def test_records_after_the_last_check_point_are_told(
    engine: Engine, writer: CheckpointWriter, chain: AuditChain
) -> None:
    chain.append(who="anna", action="clip.viewed", subject="clip 7")
    assert Finding(Code.AFTER_CHECKPOINT, "1") in verify_chain(engine, key=KEY.public)


def edit(connection: Connection) -> None:
    connection.execute(update(audit).where(audit.c.number == 3).values(who="nobody"))


def remove(connection: Connection) -> None:
    connection.execute(delete(audit).where(audit.c.number == 3))


def swap(connection: Connection) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(audit).where(audit.c.number == before).values(number=after))


def slip_in(connection: Connection) -> None:
    row = connection.execute(select(audit).where(audit.c.number == 6)).one()._asdict()
    bare = AuditRecord(**row | {"number": 7, "previous": row["hash"], "who": "nobody"})
    connection.execute(insert(audit).values({**row, "number": 7, "previous": row["hash"], "who": "nobody"}))
    connection.execute(update(audit).where(audit.c.number == 7).values(hash=bare.digest()))


def cut(connection: Connection) -> None:
    connection.execute(delete(audit).where(audit.c.number > 4))


def cut_and_count(connection: Connection) -> None:
    cut(connection)
    connection.execute(update(meta).where(meta.c.name == "audit").values(value=4))


def write_anew(connection: Connection) -> None:
    """Everything from the third record on, with hashes that fit."""
    previous = GENESIS
    for row in connection.execute(select(audit).order_by(audit.c.number)).all():
        who = "nobody" if row.number == 3 else row.who
        bare = AuditRecord(**row._asdict() | {"who": who, "previous": previous})
        previous = bare.digest()
        values = {"who": who, "previous": bare.previous, "hash": previous}
        connection.execute(update(audit).where(audit.c.number == row.number).values(values))


def lose_a_point(connection: Connection) -> None:
    connection.execute(delete(audit_checkpoints).where(audit_checkpoints.c.number == 2))


def forge_a_point(connection: Connection) -> None:
    row = connection.execute(select(audit_checkpoints).where(audit_checkpoints.c.number == 3)).one()
    payload = row.payload.replace('"records":6', '"records":5')
    connection.execute(update(audit_checkpoints).where(audit_checkpoints.c.number == 3).values(payload=payload))


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (edit, {Code.AUDIT_ALTERED}),
        (remove, {Code.AUDIT_GAP}),
        (swap, {Code.AUDIT_ALTERED, Code.AUDIT_GAP, Code.CHECKPOINT_DISAGREES}),
        (slip_in, {Code.AUDIT_GAP}),
        (cut, {Code.AUDIT_CUT}),
        (cut_and_count, {Code.AUDIT_CUT}),
        (write_anew, {Code.CHECKPOINT_DISAGREES}),
        (lose_a_point, {Code.CHECKPOINT_GAP}),
        (forge_a_point, {Code.CHECKPOINT_ALTERED}),
    ],
)
def test_it_is_found(
    engine: Engine, writer: CheckpointWriter, act: Callable[[Connection], None], expected: set[Code]
) -> None:
    with writing(engine) as connection:
        act(connection)
    assert codes(faults(engine)) == expected


def test_a_tail_cut_off_with_its_check_points_is_found_by_the_copies(
    engine: Engine, writer: CheckpointWriter, chain: AuditChain, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        cut_and_count(connection)
        connection.execute(delete(audit_checkpoints).where(audit_checkpoints.c.number == 3))
    assert faults(engine) == []
    assert codes(faults(engine, also=copies(tmp_path))) == {Code.AUDIT_CUT, Code.CHECKPOINT_GAP}


def test_check_points_of_another_key_are_found(engine: Engine, writer: CheckpointWriter) -> None:
    assert codes(faults(engine, SigningKey.read(key_pem()))) == {Code.CHECKPOINT_ALTERED}


@pytest.mark.parametrize("act", [edit, cut_and_count, write_anew])
def test_what_does_not_hold_is_not_signed(
    engine: Engine, writer: CheckpointWriter, chain: AuditChain, act: Callable[[Connection], None]
) -> None:
    chain.append(who="anna", action="clip.viewed", subject="clip 7")
    with writing(engine) as connection:
        if act is edit:
            connection.execute(update(audit).where(audit.c.number == 7).values(who="nobody"))
        else:
            act(connection)
    with pytest.raises(AuditBroken):
        writer.write()


def exported(engine: Engine, clock: FakeClock, path: Path, *, first: int = 1) -> list[str]:
    text = io.StringIO()
    count = export_records(engine, text, first=first, key=KEY, site="0423", by="anna", clock=clock)
    path.write_text(text.getvalue(), "utf-8")
    lines = text.getvalue().splitlines(keepends=True)
    assert len(lines) == count + 1
    return lines


@pytest.mark.parametrize("first", [1, 4])
def test_an_exported_chain_is_checked_without_the_database(
    engine: Engine, writer: CheckpointWriter, clock: FakeClock, tmp_path: Path, first: int
) -> None:
    path = tmp_path / "audit.ndjson"
    lines = exported(engine, clock, path, first=first)
    assert json.loads(lines[-2])["action"] == "audit.exported"
    assert codes(verify_export(path, key=KEY.public)) == {Code.CHAIN_INTACT, Code.END_SIGNED}
    assert codes(verify_export(path, key=SigningKey.read(key_pem()).public)) == {Code.END_ALTERED}
    forged = json.loads(lines[1]) | {"who": "nobody"}
    changes = [
        [lines[0], json.dumps(forged) + "\n", *lines[2:]],
        [lines[0], json.dumps(forged | {"hash": digest(forged)}) + "\n", *lines[2:]],
        [*lines[:1], *lines[2:]],
        lines[1:],
        [lines[1], lines[0], *lines[2:]],
        [lines[0], *lines],
        [*lines[:-2], lines[-1]],
        lines[:-1],
        [*lines[:-1], lines[-1].rstrip("\n")],
        [*lines, lines[-1]],
        [*lines[:-1], lines[-1].replace("vigilanza", "vigilanzo")],
        lines[-1:],
        [],
    ]
    for number, changed in enumerate(changes):
        path.write_text("".join(changed), "utf-8")
        assert any(one.is_fault for one in verify_export(path, key=KEY.public)), f"change {number}"


def digest(record: dict[str, object]) -> str:
    parts = [record[name] for name in ("number", "at", "who", "action", "subject", "detail", "previous")]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def test_every_flipped_byte_of_an_export_is_found(
    engine: Engine, writer: CheckpointWriter, clock: FakeClock, tmp_path: Path
) -> None:
    path = tmp_path / "audit.ndjson"
    whole = "".join(exported(engine, clock, path)).encode()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        assert any(one.is_fault for one in verify_export(path, key=KEY.public)), f"byte {place}"


def test_a_check_point_is_read_as_it_was_written(writer: CheckpointWriter, tmp_path: Path) -> None:
    point = copies(tmp_path)[0]
    assert point.is_genuine(KEY.public)
    assert not replace(point, payload=point.payload.replace("0423", "0424")).is_genuine(KEY.public)
