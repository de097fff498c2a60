"""The database is gone, and what a backup has of it comes back."""

from pathlib import Path

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.kind import Kind


def lose_and_restore(box: Box) -> None:
    """A backup is made while alerts go out; some seconds later the database is dropped, and one made of the backup."""
    server = box.database.server
    assert server is not None
    dump = Path(box.folder / "box.dump")
    box.wait_for_work()
    box.wait(3.0, 8.0)
    server.dump(dump)
    box.faults["backup made"] += 1
    box.wait(2.0, 5.0)
    box.stop()
    server.restore(dump)
    box.faults["database dropped and restored"] += 1
    box.start()
    box.wait_for_work()


RESTORE = Kind(
    "the database is dropped, and comes back from a backup",
    lose_and_restore,
    Needs(database="postgresql", parties=("webhook", "room", "cap")),
    may_lose=True,
)
