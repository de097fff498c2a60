"""Which masked clips lack their original is found in the database, whoever was to keep it. On both databases."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from tests.fakes import FakeClock
from tests.samples import incident_id
from vigilanza.store.database import reading
from vigilanza.store.media import MediaStore
from vigilanza.store.originals import LATE_S, OwedOriginals
from vigilanza.store.schema_custody import owed_originals

BEGAN = 1_000.0


class Shelf:
    """Clips that owe an original, and originals, of one incident."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.clock = engine, FakeClock()
        self.media = MediaStore(root=folder, engine=engine, clock=self.clock)
        self.owed = OwedOriginals(engine=engine, clock=self.clock)

    def clip(self, start: float, end: float) -> UUID:
        return self._add("clip", start, end, owes=True)

    def original(self, start: float, end: float) -> UUID:
        return self._add("original", start, end, owes=False)

    def _add(self, kind: str, start: float, end: float, *, owes: bool) -> UUID:
        item = self.media.add(
            incident=incident_id("a"),
            kind="clip" if kind == "clip" else "original",
            start=BEGAN + start,
            end=BEGAN + end,
            content=f"{kind} {start} {end}".encode(),
            suffix=".mp4",
            owes_original=owes,
        )
        return item.id

    def lost(self) -> set[UUID]:
        self.clock.advance(LATE_S + 1.0)
        self.owed.run_once()
        with reading(self.engine) as connection:
            return set(connection.scalars(select(owed_originals.c.clip)))


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    return Shelf(engine, tmp_path / "media")


def test_an_original_in_pieces_is_whole_and_one_with_a_hole_is_not(shelf: Shelf) -> None:
    shelf.clip(0.0, 60.0)
    shelf.original(0.0, 31.0)
    shelf.original(31.2, 60.0)
    hole = shelf.clip(100.0, 160.0)
    shelf.original(100.0, 120.0)
    shelf.original(140.0, 160.0)
    assert shelf.lost() == {hole}
    assert shelf.owed.lost == 1


def test_a_clip_within_a_longer_one_is_not_told_apart(shelf: Shelf) -> None:
    shelf.clip(0.0, 18.0)
    longer = shelf.clip(0.0, 60.0)
    assert shelf.lost() == {longer}
    other = shelf.clip(50.0, 70.0)
    assert shelf.lost() == {longer, other}
    assert shelf.owed.lost == 2


def test_the_original_of_another_incident_counts_for_nothing(shelf: Shelf) -> None:
    mine = shelf.clip(0.0, 60.0)
    shelf.media.add(
        incident=incident_id("b"), kind="original", start=BEGAN, end=BEGAN + 60.0, content=b"b", suffix=".cms"
    )
    assert shelf.lost() == {mine}
