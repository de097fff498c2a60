"""A page of the database is not what it was: its disk gives back something else."""

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.kind import Kind

_FIRST = 2
"""The first page has the schema: without it SQLite finds nothing at all, and says so at once."""


def spoil(box: Box) -> None:
    """One page, chosen by chance, while the box is off; it runs on so, until a technician saves what can be saved."""
    box.wait_for_work()
    box.wait(2.0, 4.0)
    box.stop()
    path = box.folder / "box" / "vigilanza.db"
    _overwrite(path, box)
    box.faults["page spoilt"] += 1
    box.start()
    box.wait(4.0, 6.0)
    box.stop()
    save(path)
    box.start()


def save(path: Path) -> None:
    """As docs/installer.md says."""
    saved = path.with_name("saved.db")
    told = subprocess.run(["sqlite3", str(path), ".dump"], capture_output=True, check=False).stdout
    # What could be read is wanted, though not all could be.
    statements = re.sub(rb"^ROLLBACK;.*$", b"COMMIT;", told, flags=re.MULTILINE)
    subprocess.run(["sqlite3", str(saved)], input=statements, capture_output=True, check=False)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    saved.replace(path)


def _overwrite(path: Path, box: Box) -> None:
    """Until something is wrong: of a page that is free nothing is kept."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (pages,), (size,) = (database.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    while _is_sound(path):
        with path.open("r+b") as file:
            file.seek((box.chance.randint(_FIRST, pages) - 1) * size)
            file.write(box.chance.randbytes(size))


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as database:
            return bool(database.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)])
    except sqlite3.DatabaseError:
        return False


BAD_PAGE = Kind("a page of the database is rubbish", spoil, told="damaged", may_lose=True)
