"""PostgreSQL is killed and started again."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.kind import Kind

_TIMES = 3


def kill(box: Box) -> None:
    """All its processes (kill -9), back within three seconds; once it only stands still for a while."""
    server = box.database.server
    assert server is not None
    box.wait_for_work()
    for _ in range(_TIMES):
        box.wait(0.2, 1.5)
        server.kill()
        box.faults["PostgreSQL killed"] += 1
        box.wait(0.0, 3.0)
        server.start()
    box.wait(0.2, 1.5)
    server.freeze()
    box.faults["PostgreSQL frozen"] += 1
    box.wait(0.5, 3.0)
    server.thaw()


POSTGRES = Kind(
    "PostgreSQL is killed, and stands still", kill, Needs(database="postgresql"), told="journal is away|outbox"
)
