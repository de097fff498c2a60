"""Pictures that go before their term, on both databases."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.fakes import FakeClock
from tests.former import forget_steps
from tests.samples import break_in, incident_id
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.queries import Queries
from vigilanza.store.retention import SETTLING_S, Retention
from vigilanza.store.schema_custody import covered_media
from vigilanza.store.withdrawal import Withdrawal


@dataclass
class Shelf:
    """Stills of two incidents, and what takes them away."""

    engine: Engine
    root: Path
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.files = MediaStore(root=self.root, engine=self.engine, clock=self.clock)
        self.withdrawal = Withdrawal(engine=self.engine, files=self.files, clock=self.clock)
        self.audit = AuditChain(engine=self.engine, clock=self.clock)
        for name in ("one", "two"):
            Journal(engine=self.engine, destinations=[], clock=self.clock, site="s").record(break_in(name, count=1))

    def add(self, content: bytes, incident: str = "one", *, covered: bool = False) -> MediaItem:
        at = self.clock.now() - 60.0
        return self.files.add(
            incident=incident_id(incident),
            kind="still",
            start=at,
            end=at,
            content=content,
            suffix=".jpg",
            covered=covered,
        )

    def left(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self.root.glob("??/*"))

    def marks(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(covered_media)).scalar_one())


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    return Shelf(engine, tmp_path / "media")


def test_what_is_withdrawn_is_gone_and_the_chain_says_why(shelf: Shelf) -> None:
    shown, other = shelf.add(b"the inside"), shelf.add(b"black", covered=True)
    before = Queries(shelf.engine).marker()
    shelf.withdrawal.withdraw([shown.id], why="a door stood open")
    assert shelf.left() == [b"black"]
    assert [(item.id, item.covered) for item in shelf.files.for_incident(incident_id("one"))] == [(other.id, True)]
    record = shelf.audit.latest(1)[0]
    assert (record.who, record.action) == ("watch", "media.withdrawn")
    assert json.loads(record.detail) == {"why": "a door stood open", "sha256": [shown.sha256]}
    assert Queries(shelf.engine).marker() > before
    assert Queries(shelf.engine).pictures_deleted_at(incident_id("one")) is None, "that is for the end of their term"


def test_the_same_bytes_of_another_incident_stay(shelf: Shelf) -> None:
    mine, theirs = shelf.add(b"same"), shelf.add(b"same", "two")
    shelf.withdrawal.withdraw([mine.id], why="x")
    assert shelf.left() == [b"same"]
    assert shelf.files.path(theirs.id).is_file()


def test_what_is_on_hold_stays(shelf: Shelf) -> None:
    kept = shelf.add(b"ordered")
    Holds(engine=shelf.engine, clock=shelf.clock).place(
        incident_id("one"), authority="Procura", protocol="1/26", until=shelf.clock.now() + 86_400.0, by="anna"
    )
    shelf.withdrawal.withdraw([kept.id], why="x")
    assert shelf.files.path(kept.id).is_file()
    assert shelf.audit.latest(1)[0].action == "hold.placed"


def test_the_mark_goes_with_the_medium(shelf: Shelf) -> None:
    shelf.withdrawal.withdraw([shelf.add(b"black", covered=True).id], why="x")
    assert shelf.marks() == 0
    shelf.add(b"black too", covered=True)
    assert shelf.marks() == 1
    retention = Retention(engine=shelf.engine, files=shelf.files, clock=shelf.clock, term=30.0)
    shelf.clock.advance(SETTLING_S)
    assert retention.run_once().deleted
    assert shelf.marks() == 0


def test_the_page_is_told(shelf: Shelf) -> None:
    shelf.add(b"black", covered=True)
    view = Queries(shelf.engine).incident(incident_id("one"))
    assert view is not None
    assert [item.covered for item in view.media] == [True]


def test_a_database_of_before_gets_the_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    engine = open_database(url)
    older = Shelf(engine, tmp_path / "media")
    older.add(b"from before")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE covered_media")
        forget_steps(connection)
    engine.dispose()
    again = open_database(url)
    files = MediaStore(root=tmp_path / "media", engine=again, clock=FakeClock())
    assert [item.covered for item in files.for_incident(incident_id("one"))] == [False]
    again.dispose()
