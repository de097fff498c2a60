"""What the drill cuts and spoils was promised to nobody: what was, is there afterwards, whatever the seed."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.samples import break_in
from vigilanza.lab.drill.box.torn import WalIndex, tear_database, tear_media, tear_spool
from vigilanza.store.spool import Spool

ROWS = 300


def connected(path: Path) -> sqlite3.Connection:
    """Says BEGIN itself."""
    return sqlite3.connect(path, isolation_level=None)


@pytest.fixture
def crashed(tmp_path: Path) -> Iterator[Path]:
    """A database as its processes leave it when they die: committed rows, some of them only in the log, for a reader
    kept the others from being copied.
    """
    path = tmp_path / "live.db"
    with closing(connected(path)) as database, closing(connected(path)) as reader:
        for statement in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0"):
            database.execute(f"PRAGMA {statement}")
        database.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, text TEXT)")
        for number in range(ROWS):
            if number == ROWS // 2:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM kept").fetchone()
            database.execute("INSERT INTO kept VALUES (?, ?)", (number, "x" * 100))
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        database.execute("BEGIN")
        database.execute("INSERT INTO kept VALUES (?, 'promised to nobody')", (ROWS,))
        yield path


def copy(path: Path, folder: Path) -> Path:
    """As a power cut finds it."""
    folder.mkdir()
    for end in ("", "-wal", "-shm"):
        shutil.copy(path.with_name(path.name + end), folder / f"cut.db{end}")
    return folder / "cut.db"


def test_every_committed_row_outlives_it(crashed: Path, tmp_path: Path) -> None:
    torn = 0
    for seed in range(40):
        path = copy(crashed, tmp_path / str(seed))
        torn += tear_database(path, Random(seed))
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("SELECT count(*), max(number) FROM kept").fetchone() == (ROWS, ROWS - 1)
    assert torn > 40  # pages of the database's own file, too


def test_what_was_kept_is_read_from_the_index(crashed: Path) -> None:
    index = WalIndex.read(crashed.with_name(crashed.name + "-shm"))
    assert index is not None
    assert 0 < index.copied < index.kept


def test_a_line_of_the_spool_that_was_promised_stays(tmp_path: Path) -> None:
    events = break_in("a")
    for seed in range(20):
        path = tmp_path / f"{seed}.spool"
        spool = Spool(path)
        spool.append(events)
        spool.close()
        tear_spool(path, {events[1].id}, Random(seed))
        again = Spool(path)
        assert [event.id for event in again.first(2)] == [event.id for event in events[:2]]
        again.close()


def test_a_medium_without_a_name_is_spoilt_and_a_named_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "incoming-a").write_bytes(b"half a picture")
    (tmp_path / "named.jpg").write_bytes(b"a whole picture")
    assert sum(tear_media(tmp_path, Random(seed)) for seed in range(5)) == 5
    assert (tmp_path / "named.jpg").read_bytes() == b"a whole picture"
