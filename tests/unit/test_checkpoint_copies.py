"""The copies of check points beside the database: bounded, and what they prove holds all the same."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from tests.fakes import FakeClock
from tests.sealed import codes, key_pem
from tests.unit.test_store_audit import unlock
from vigilanza.domain.errors import AuditBroken
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.checkpointcopies import CheckpointCopies
from vigilanza.store.checkpoints import CheckpointWriter
from vigilanza.store.database import writing
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.schema import audit, meta
from vigilanza.store.schema_custody import audit_checkpoints

KEY = SigningKey.read(key_pem())
ROOM_FOR_TWO = 1000
"""Bytes."""


def attest(engine: Engine, copies: CheckpointCopies, count: int) -> None:
    """So many records more, with a check point after each."""
    clock = FakeClock(1_795_000_000.5)
    writer = CheckpointWriter(engine=engine, clock=clock, key=KEY, site="0423", copies=copies)
    for _ in range(count):
        AuditChain(engine=engine, clock=clock).append(who="anna", action="clip.viewed", subject="clip")
        assert writer.write() is not None


def faults(engine: Engine, copies: CheckpointCopies) -> list[Finding]:
    return [one for one in verify_chain(engine, key=KEY.public, copies=copies.read()) if one.is_fault]


def numbers(copies: CheckpointCopies) -> list[int]:
    return [copy.number for copy in copies.read()]


def cut_off(engine: Engine, left: int) -> None:
    """Chain and check points, after so many records."""
    unlock(engine)
    unlock(engine, "audit_checkpoints")
    with writing(engine) as connection:
        connection.execute(delete(audit).where(audit.c.number > left))
        connection.execute(delete(audit_checkpoints).where(audit_checkpoints.c.number > left))
        connection.execute(update(meta).where(meta.c.name == "audit").values(value=left))


@pytest.fixture
def copies(tmp_path: Path) -> CheckpointCopies:
    return CheckpointCopies(tmp_path / "state" / "copies.ndjson", file_max_bytes=ROOM_FOR_TWO)


def test_the_files_are_bounded_and_the_newest_copies_are_there(
    sqlite: Engine, copies: CheckpointCopies, tmp_path: Path
) -> None:
    for number in range(1, 10):
        attest(sqlite, copies, 1)
        kept = list((tmp_path / "state").iterdir())
        assert len(kept) <= 2
        assert all(file.stat().st_size <= ROOM_FOR_TWO for file in kept)
        assert numbers(copies) == list(range(number - len(numbers(copies)) + 1, number + 1))
        assert len(numbers(copies)) >= min(number, 3)
        assert faults(sqlite, copies) == []


@pytest.mark.parametrize("left", [7, 2, 0])
def test_a_chain_cut_off_anywhere_with_its_check_points_is_found(
    left: int, sqlite: Engine, copies: CheckpointCopies
) -> None:
    """Also where all copies of that time are dropped."""
    attest(sqlite, copies, 8)
    cut_off(sqlite, left)
    assert codes(faults(sqlite, copies)) == {Code.AUDIT_CUT, Code.CHECKPOINT_GAP}


def test_a_chain_that_was_cut_off_and_went_on_is_found_however_long_ago_that_was(
    sqlite: Engine, copies: CheckpointCopies
) -> None:
    attest(sqlite, copies, 8)
    cut_off(sqlite, 5)
    clock = FakeClock(1_795_000_500.0)
    writer = CheckpointWriter(engine=sqlite, clock=clock, key=KEY, site="0423", copies=copies)
    for _ in range(8):
        AuditChain(engine=sqlite, clock=clock).append(who="bruno", action="clip.viewed", subject="clip")
        writer.write()
    assert codes(faults(sqlite, copies)) == {Code.CHECKPOINT_ALTERED, Code.CHECKPOINT_DISAGREES}


def test_a_chain_written_anew_by_who_has_the_key_is_found(
    sqlite: Engine, copies: CheckpointCopies, tmp_path: Path
) -> None:
    attest(sqlite, copies, 8)
    cut_off(sqlite, 0)
    other = CheckpointCopies(tmp_path / "other.ndjson")
    clock = FakeClock(1_795_000_000.5)
    writer = CheckpointWriter(engine=sqlite, clock=clock, key=KEY, site="0423", copies=other)
    for _ in range(8):
        AuditChain(engine=sqlite, clock=clock).append(who="bruno", action="clip.viewed", subject="clip")
        writer.write()
    assert codes(faults(sqlite, copies)) == {Code.CHECKPOINT_ALTERED, Code.CHECKPOINT_DISAGREES}


def test_half_a_line_that_a_full_disk_left_does_not_spoil_the_next_copy(sqlite: Engine, tmp_path: Path) -> None:
    place = tmp_path / "copies.ndjson"
    copies = CheckpointCopies(place)
    attest(sqlite, copies, 2)
    place.write_bytes(place.read_bytes()[:-100])
    attest(sqlite, copies, 3)
    assert numbers(copies) == [1, 3, 4, 5]
    assert faults(sqlite, copies) == []


def test_half_a_line_at_the_end_of_the_file_before_is_passed_over(
    sqlite: Engine, copies: CheckpointCopies, tmp_path: Path
) -> None:
    attest(sqlite, copies, 3)
    before = tmp_path / "state" / "copies.before.ndjson"
    before.write_bytes(before.read_bytes()[:-100])
    assert numbers(copies) == [1, 3]


def test_a_line_that_is_none_is_named(copies: CheckpointCopies, sqlite: Engine, tmp_path: Path) -> None:
    attest(sqlite, copies, 3)
    (tmp_path / "state" / "copies.before.ndjson").write_text("{}\n")
    with pytest.raises(AuditBroken, match=r"copies\.before\.ndjson:1"):
        copies.read()
