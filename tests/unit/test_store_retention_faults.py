"""Pictures at the end of their term, on both databases: the same bytes, slow disks, wrong clocks."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event

from tests.fakes import FakeClock
from tests.unit.test_store_retention import DAY, Jumping, Shelf
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.retention import BATCH, SETTLING_S, Retention


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    return Shelf(engine, tmp_path / "media")


def test_the_same_picture_of_the_same_incident_may_end_twice(shelf: Shelf) -> None:
    """A frozen camera gives the same bytes again, days later."""
    first = shelf.add(DAY + 1.0, b"frozen")
    shelf.retention.run_once()
    shelf.clock.advance(DAY)
    assert shelf.add(DAY + 1.0, b"frozen").id == first.id
    assert shelf.retention.run_once().deleted == {first.id}
    assert shelf.queries.pictures_deleted_at(shelf.incident) == shelf.clock.now()
    assert len(shelf.proofs()) == 2


def test_a_picture_placed_while_the_same_bytes_are_deleted_is_there(shelf: Shelf) -> None:
    shelf.add(DAY + 1.0, b"dark")

    class Between(FakeClock):
        """Deletes after the file was placed and before its row is written."""

        def now(self) -> float:
            assert shelf.retention.run_once().deleted
            return shelf.clock.now()

    again = MediaStore(root=shelf.root, engine=shelf.engine, clock=Between()).add(
        incident=UUID(int=1), kind="still", start=0.0, end=0.0, content=b"dark", suffix=".jpg"
    )
    assert shelf.files.path(again.id).read_bytes() == b"dark"


def test_a_slow_disk_does_not_keep_other_writers_waiting(engine: Engine, tmp_path: Path) -> None:
    clock = FakeClock()

    class Slow(MediaStore):
        """Each deletion takes a tenth of a second."""

        def place_of(self, item: MediaItem) -> Path:
            clock.advance(0.1)
            return super().place_of(item)

    shelf = Shelf(engine, tmp_path / "media", clock)
    slow = Slow(root=shelf.root, engine=engine, clock=clock)
    shelf.retention = Retention(engine=engine, files=slow, clock=clock, term=DAY)
    clock.advance(SETTLING_S)
    for number in range(BATCH):
        shelf.add(DAY + 1.0, f"still {number}".encode())
    began, rounds = shelf.clock.monotonic(), 0
    while shelf.retention.run_once().deleted:
        assert shelf.clock.monotonic() - began < 2.0
        began, rounds = shelf.clock.monotonic(), rounds + 1
        deleted_at = shelf.queries.pictures_deleted_at(shelf.incident)
        assert deleted_at == began, "when the last file was gone: a package begun before is to be found by it"
    assert rounds > 1
    assert shelf.retention.deleted == BATCH
    assert shelf.files_left() == []


def test_who_waited_for_another_writer_deletes_as_much_as_others(shelf: Shelf) -> None:
    for number in range(3):
        shelf.add(DAY + 1.0, f"still {number}".encode())

    def wait(_connection: Connection) -> None:
        shelf.clock.advance(3.0)

    event.listen(shelf.engine, "begin", wait)
    assert len(shelf.retention.run_once().deleted) == 3


def test_after_a_start_the_clock_has_time_to_be_set_before_anything_is_deleted(engine: Engine, tmp_path: Path) -> None:
    clock = Jumping()
    shelf = Shelf(engine, tmp_path / "media", clock)
    shelf.add(DAY / 2)
    clock.ahead = 30 * DAY
    booted = Retention(engine=engine, files=shelf.files, clock=clock, term=DAY)
    assert not booted.run_once().tried
    clock.advance(SETTLING_S - 60.0)
    clock.ahead = 0.0
    for _ in range(3):
        assert not booted.run_once().tried
        clock.advance(SETTLING_S)
    assert len(shelf.files.for_incident(shelf.incident)) == 1
