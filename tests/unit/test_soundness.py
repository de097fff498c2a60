"""A database's file that is not what was written is found, and everybody who uses it is told."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.samples import VMS, break_in
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import DAMAGED, open_database
from vigilanza.store.journal import Journal
from vigilanza.store.queries import Queries
from vigilanza.store.soundness import Soundness


def spoil(path: Path, table: str) -> None:
    """Overwrite the table's first page with rubbish."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = database.execute("PRAGMA page_size").fetchone()
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("table", ["events", "holds", "deliveries_due"])
def test_a_page_that_is_rubbish_is_found_wherever_it_is(tmp_path: Path, table: str) -> None:
    path, clock = tmp_path / "vigilanza.db", SystemClock()
    engine = open_database(f"sqlite:///{path}")
    Journal(engine=engine, destinations=[VMS], clock=clock, site="0423").record(break_in("a"))
    assert Soundness(engine, clock=clock).faults() == []
    engine.dispose()
    spoil(path, table)
    assert Soundness(engine, clock=clock).faults() != []
    engine.dispose()


def test_whoever_reads_what_is_damaged_is_told_what_to_do(tmp_path: Path) -> None:
    path, clock = tmp_path / "vigilanza.db", SystemClock()
    engine = open_database(f"sqlite:///{path}")
    Journal(engine=engine, destinations=[VMS], clock=clock, site="0423").record(break_in("a"))
    engine.dispose()
    spoil(path, "incidents")
    with pytest.raises(JournalUnavailable, match=DAMAGED):
        Queries(engine).incidents(10)
    engine.dispose()
