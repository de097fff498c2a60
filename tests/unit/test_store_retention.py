"""Pictures at the end of their term, on both databases: deleted, proved, or held."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from vigilanza.domain.errors import HoldRefused, UnknownRecord
from vigilanza.domain.hold import LONGEST_SECONDS
from vigilanza.store.audit import AuditChain
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.queries import Queries
from vigilanza.store.retention import BATCH, EVERY_S, LATE_S, PAUSE_S, SETTLING_S, Retention

DAY = 86400.0


@dataclass
class Shelf:
    """Media of one incident, and what deletes them after a day."""

    engine: Engine
    root: Path
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.files = MediaStore(root=self.root, engine=self.engine, clock=self.clock)
        self.retention = Retention(engine=self.engine, files=self.files, clock=self.clock, term=DAY)
        self.clock.advance(SETTLING_S)
        self.holds, self.queries = Holds(engine=self.engine, clock=self.clock), Queries(self.engine)
        self.audit = AuditChain(engine=self.engine, clock=self.clock)
        self.incident = incident_id("one")
        Journal(engine=self.engine, destinations=[], clock=self.clock, site="0423").record(break_in("one", count=1))

    def add(self, age: float, content: bytes = b"a still", incident: UUID | None = None) -> MediaItem:
        """A still taken `age` seconds ago."""
        at = self.clock.now() - age
        return self.files.add(
            incident=incident or self.incident, kind="still", start=at, end=at, content=content, suffix=".jpg"
        )

    def hold(self, seconds: float = 30 * DAY) -> UUID:
        until = self.clock.now() + seconds
        return self.holds.place(self.incident, authority="Procura", protocol="12/26", until=until, by="Anna").id

    def proofs(self) -> list[dict[str, Any]]:
        """Oldest first."""
        found = [record for record in reversed(self.audit.latest(1000)) if record.action == "media.purged"]
        return [json.loads(record.detail) for record in found]

    def files_left(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self.root.glob("??/*"))


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    return Shelf(engine, tmp_path / "media")


def test_what_is_beyond_its_term_is_deleted_and_proved_and_the_rest_stays(shelf: Shelf) -> None:
    old, young = shelf.add(DAY + 1.0, b"old"), shelf.add(DAY - 1.0, b"young")
    assert shelf.retention.overdue_seconds() == pytest.approx(1.0)
    assert shelf.retention.run_once().deleted == {old.id}
    assert shelf.files_left() == [b"young"]
    assert [item.id for item in shelf.files.for_incident(shelf.incident)] == [young.id]
    (proof,) = shelf.proofs()
    assert proof == {
        "term_seconds": DAY,
        "bytes": 3,
        "sha256": [old.sha256],
        "left": 1,
        "left_on_hold": 0,
        "oldest_left": young.end,
    }
    assert shelf.queries.pictures_deleted_at(shelf.incident) == shelf.clock.now()
    assert not shelf.retention.run_once().tried
    assert shelf.retention.overdue_seconds() == 0.0


def test_a_month_leaves_a_day_and_a_proof_for_every_picture(shelf: Shelf) -> None:
    taken = []
    for number in range(4 * 31):
        taken.append(shelf.add(0.0, f"still {number}".encode()))
        shelf.clock.advance(DAY / 4)
        while shelf.retention.run_once().tried:
            pass
        assert shelf.retention.overdue_seconds() <= LATE_S
    left = {item.sha256 for item in shelf.files.for_incident(shelf.incident)}
    assert left == {item.sha256 for item in taken[-3:]}
    assert sorted(sha for proof in shelf.proofs() for sha in proof["sha256"]) == sorted(
        item.sha256 for item in taken[:-3]
    )
    assert shelf.audit.verify() == len(taken) - 3


def test_a_hold_keeps_what_there_is_and_what_comes_until_two_persons_release_it(shelf: Shelf) -> None:
    shelf.add(2 * DAY, b"first")
    hold = shelf.hold()
    shelf.add(2 * DAY, b"second")
    other = shelf.add(2 * DAY, b"other", incident=UUID(int=1))
    assert shelf.retention.run_once().deleted == {other.id}
    assert shelf.proofs()[0]["left_on_hold"] == 2
    assert shelf.holds.release(hold, by="Anna").release_asked_by == "Anna"
    with pytest.raises(HoldRefused, match="second person"):
        shelf.holds.release(hold, by="Anna")
    assert not shelf.retention.run_once().tried
    released = shelf.holds.release(hold, by="Bea")
    assert (released.released_by, released.released_at) == ("Bea", shelf.clock.now())
    assert len(shelf.retention.run_once().deleted) == 2
    assert [r.action for r in reversed(shelf.audit.latest()) if r.action.startswith("hold")] == [
        "hold.placed",
        "hold.release_asked",
        "hold.released",
    ]
    with pytest.raises(HoldRefused, match="ended"):
        shelf.holds.release(hold, by="Carlo")


def test_a_hold_ends_by_itself(shelf: Shelf) -> None:
    shelf.hold(seconds=3 * DAY)
    shelf.add(0.0)
    shelf.clock.advance(3 * DAY - 1.0)
    assert not shelf.retention.run_once().tried
    shelf.clock.advance(1.0)
    assert shelf.retention.run_once().deleted


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("authority", {"authority": " "}),
        ("protocol", {"protocol": "x" * 101}),
        ("protocol", {"protocol": "a\nb"}),
        ("until", {"until": 0.0}),
        ("until", {"until": FakeClock().now() + LONGEST_SECONDS + DAY}),
        ("until", {"until": float("nan")}),
    ],
)
def test_a_hold_that_cannot_be_is_refused_and_the_field_named(shelf: Shelf, field: str, given: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"authority": "Procura", "protocol": "12/26", "until": shelf.clock.now() + DAY}
    with pytest.raises(HoldRefused) as refused:
        shelf.holds.place(shelf.incident, by="Anna", **(usual | given))
    assert refused.value.field == field
    assert shelf.holds.of(shelf.incident) == []


def test_holds_of_nothing_are_refused(shelf: Shelf) -> None:
    with pytest.raises(UnknownRecord):
        shelf.holds.place(UUID(int=1), authority="A", protocol="1", until=shelf.clock.now() + DAY, by="Anna")
    with pytest.raises(UnknownRecord):
        shelf.holds.release(UUID(int=1), by="Anna")


def test_bytes_that_also_belong_to_a_younger_picture_stay_until_that_is_old(shelf: Shelf) -> None:
    shelf.add(DAY + 1.0, b"same")
    shelf.add(10.0, b"same", incident=UUID(int=1))
    assert len(shelf.retention.run_once().deleted) == 1
    assert shelf.files_left() == [b"same"]
    shelf.clock.advance(DAY)
    shelf.retention.run_once()
    assert shelf.files_left() == []


def test_a_file_that_is_gone_already_is_proved_all_the_same(shelf: Shelf) -> None:
    item = shelf.add(DAY + 1.0)
    shelf.files.place_of(item).unlink()
    assert shelf.retention.run_once().deleted == {item.id}
    assert shelf.proofs()[0]["sha256"] == [item.sha256]


def test_what_cannot_be_deleted_is_counted_called_late_and_does_not_hold_up_the_rest(shelf: Shelf) -> None:
    stuck = [shelf.add(DAY + 1000.0, f"stuck {number}".encode()) for number in range(BATCH)]
    for item in stuck:
        place = shelf.files.place_of(item)
        place.unlink()
        place.mkdir()
    free = shelf.add(DAY + 1.0, b"free")
    stop = _StopAfterOneRound(shelf.clock)
    with capture_logs() as logs:
        shelf.retention.run(stop)
    assert (shelf.retention.deleted, shelf.retention.failed) == (1, BATCH)
    assert [(line["count"], line["first"], line["why"]) for line in logs] == [
        (BATCH, str(min(item.id for item in stuck)), ["Is a directory"])
    ]
    assert not shelf.files.place_of(free).exists()
    assert shelf.clock.waits == [PAUSE_S, PAUSE_S, EVERY_S], "other writers get their turn"
    assert shelf.retention.overdue == pytest.approx(1000.0, abs=1.0)
    assert shelf.retention.overdue > LATE_S


class _StopAfterOneRound(threading.Event):
    """Set as soon as somebody has waited for the next round."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def is_set(self) -> bool:
        return EVERY_S in self._clock.waits


class Jumping(FakeClock):
    """Whose time of day can be set."""

    ahead = 0.0

    def now(self) -> float:
        return self.time + self.ahead


@pytest.mark.parametrize("ahead", [30 * DAY, -30 * DAY])
def test_nothing_is_deleted_by_a_clock_that_has_just_jumped(engine: Engine, tmp_path: Path, ahead: float) -> None:
    clock = Jumping()
    shelf = Shelf(engine, tmp_path / "media", clock)
    shelf.add(DAY / 2)
    clock.ahead = ahead
    assert not shelf.retention.run_once().tried
    clock.advance(SETTLING_S / 2)
    clock.ahead = 0.0
    for _ in range(3):
        clock.advance(SETTLING_S - 1.0)
        assert not shelf.retention.run_once().tried
    assert len(shelf.files.for_incident(shelf.incident)) == 1
    clock.ahead = 30 * DAY
    shelf.retention.run_once()
    clock.advance(SETTLING_S)
    assert shelf.retention.run_once().deleted, "it has kept that time: so it is right"
