"""Room on the disk of the pictures, on both databases; how much is free comes from the test."""

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.store.audit import AuditChain
from vigilanza.store.diskroom import AHEAD_S, BATCH, EVERY_S, PAUSE_S, DiskRoom, RoomWatch, free_bytes
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.queries import Queries
from vigilanza.store.withdrawal import NO_ROOM, Withdrawal

RESERVE = 1000
SIZE = 100


class Ending(FakeClock):
    """Whoever waits for the next look is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.stop = threading.Event()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        if seconds >= EVERY_S:
            self.stop.set()
        return super().wait(seconds, stop)


class Disk:
    """With room for `capacity` bytes, of which others take `taken`."""

    def __init__(self, engine: Engine, root: Path, capacity: int) -> None:
        self.engine, self.root, self.capacity, self.taken = engine, root, capacity, 0
        self.clock = Ending()
        self.files = MediaStore(root=root, engine=engine, clock=self.clock)
        self.journal = Journal(engine=engine, destinations=[], clock=self.clock, site="s")
        self.audit = AuditChain(engine=engine, clock=self.clock)
        withdrawal = Withdrawal(engine=engine, files=self.files, clock=self.clock)
        self.room = DiskRoom(
            engine=engine, files=self.files, withdrawal=withdrawal, clock=self.clock, reserve=RESERVE, free=self.free
        )

    def free(self, _: Path) -> int:
        kept = sum(path.stat().st_size for path in self.root.glob("??/*"))
        return self.capacity - self.taken - kept

    def happened(self, name: str, *, decided: bool = True) -> None:
        """An incident with one still of SIZE bytes, a minute after the one before."""
        self.clock.advance(60.0)
        self.journal.record(break_in(name, count=1))
        now, content = self.clock.now(), name.encode().ljust(SIZE)
        self.files.add(incident=incident_id(name), kind="still", start=now, end=now, content=content, suffix=".jpg")
        if decided:
            reason = RejectReason.RESIDENT
            self.journal.decide(Decision(incident_id(name), "maria", now, None, reason))

    def left(self) -> list[str]:
        return sorted(path.read_bytes().decode().strip() for path in self.root.glob("??/*"))


@pytest.fixture
def disk(engine: Engine, tmp_path: Path) -> Disk:
    return Disk(engine, tmp_path / "media", capacity=RESERVE + 3 * SIZE)


def test_only_as_many_go_as_has_to_and_the_oldest_first(disk: Disk) -> None:
    for name in ("a", "b", "c"):
        disk.happened(name)
    assert not disk.room.run_once()
    disk.taken = SIZE + 1
    assert disk.room.run_once()
    assert not disk.room.run_once()
    assert disk.left() == ["c"]
    [record] = [one for one in disk.audit.latest(10) if one.action == "media.withdrawn"]
    assert record.detail is not None
    assert json.loads(record.detail)["why"] == NO_ROOM
    assert disk.room.withdrawn == 2


def test_what_is_on_hold_stays_and_what_waits_for_a_decision_goes_last(disk: Disk) -> None:
    disk.happened("held")
    disk.happened("waiting", decided=False)
    disk.happened("decided")
    holds = Holds(engine=disk.engine, clock=disk.clock)
    holds.place(incident_id("held"), authority="Procura", protocol="1/26", until=disk.clock.now() + 86_400, by="maria")
    disk.taken = SIZE
    assert disk.room.run_once()
    assert disk.left() == ["held", "waiting"]
    disk.taken = 3 * SIZE + RESERVE
    assert disk.room.run_once()
    assert not disk.room.run_once()
    assert disk.left() == ["held"]


def test_the_page_is_told_that_there_were_pictures(disk: Disk) -> None:
    disk.happened("a")
    disk.taken = 3 * SIZE
    disk.room.run_once()
    assert Queries(disk.engine).pictures_deleted_at(incident_id("a")) == disk.clock.now()


def test_its_thread_goes_on_until_there_is_room_again(disk: Disk) -> None:
    disk.capacity = RESERVE + 2 * BATCH * SIZE
    for number in range(2 * BATCH):
        disk.happened(f"n{number}")
    disk.taken = 2 * BATCH * SIZE - SIZE
    disk.room.run(disk.clock.stop)
    assert disk.left() == [f"n{2 * BATCH - 1}"]
    assert disk.clock.waits == [PAUSE_S, PAUSE_S, EVERY_S]  # others may write in between


def test_people_are_told_hours_before_and_not_by_one_clip(disk: Disk) -> None:
    watch = RoomWatch(disk.root, reserve=RESERVE, clock=disk.clock, free=disk.free)
    disk.capacity = RESERVE + 1_000_000
    assert not watch.is_short()
    disk.taken = 10_000
    disk.clock.advance(60.0)
    assert not watch.is_short()
    for _ in range(60):
        disk.clock.advance(60.0)
        assert not watch.is_short()
    each_minute = int(990_000 / (1.5 * AHEAD_S / 60.0))
    told = []
    for _ in range(400):
        disk.taken += each_minute
        disk.clock.advance(60.0)
        told.append(watch.is_short())
    assert not any(told[:60])
    assert told[-1]


def test_less_than_the_reserve_or_nobody_knows_is_told_at_once(disk: Disk) -> None:
    watch = RoomWatch(disk.root, reserve=RESERVE, clock=disk.clock, free=disk.free)
    disk.taken = 3 * SIZE
    assert watch.is_short()

    def away(_: Path) -> int:
        raise OSError("no such disk")

    assert RoomWatch(disk.root, reserve=0, clock=disk.clock, free=away).is_short()


def test_a_folder_that_is_not_there_yet_lies_on_the_disk_above(tmp_path: Path) -> None:
    assert abs(free_bytes(tmp_path / "not" / "there") - free_bytes(tmp_path)) < 100_000_000
