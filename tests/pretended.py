"""Boxes of one site on a server that never was: it answers, does not, or forgets, as a test wants it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.fakes import FakeClock
from vigilanza.app.duties import Duties
from vigilanza.app.leasenote import LeaseNote
from vigilanza.app.sharing import BEAT_S, Sharing
from vigilanza.cluster.leases import LeaseSight
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.events import Event
from vigilanza.domain.lease import LeaseTable

CAMERAS = ("cam-1", "cam-2", "cam-3", "cam-4")


class Server:
    """What a NATS server keeps."""

    def __init__(self) -> None:
        self.table, self.beats, self.revision = LeaseTable(), dict[str, int](), 0
        self.away: set[str] = set()
        self.before_write: list[Callable[[], None]] = []
        """Each happens once, before somebody's next change arrives."""

    def forget(self) -> None:
        self.table, self.beats = LeaseTable(), {}


class Line:
    """See LeaseBucket."""

    namesakes = 0

    def __init__(self, server: Server, box: str) -> None:
        self._server, self._box = server, box

    def look(self) -> LeaseSight:
        if self._box in self._server.away:
            raise ClusterUnavailable("away")
        self._server.revision += 1
        self._server.beats[self._box] = self._server.revision
        names = {*self._server.table.boxes, self._box}
        return LeaseSight(self._server.table, {name: self._server.beats.get(name, 0) for name in names})

    def write(self, table: LeaseTable) -> LeaseTable | None:
        if self._server.before_write:
            self._server.before_write.pop()()
        if table.revision != self._server.table.revision:
            return None
        self._server.revision += 1
        self._server.table = replace(table, revision=self._server.revision)
        return self._server.table


class Box:
    """Opens at once the eyes that it should, and sees that nothing happens, but for what is `busy`."""

    def __init__(self, server: Server, name: str, folder: Path, clock: FakeClock, capacity: int = 4) -> None:
        self.told: list[Event] = []
        note = LeaseNote(folder / f"{name}.json", name)
        line = Line(server, name)
        self.sharing = Sharing(bucket=line, box=name, capacity=capacity, cameras=CAMERAS, note=note, clock=clock)
        self.duties = Duties(self.told.extend, is_sure=self.sharing.is_sure)
        self.busy = self.unseen = frozenset[str]()

    def watching(self) -> frozenset[str]:
        return frozenset(self.duties.cameras)

    def seeing(self) -> frozenset[str]:
        return self.watching() - self.unseen

    def blind(self) -> frozenset[str]:
        return self.watching() & self.unseen

    def resting(self) -> frozenset[str]:
        return self.seeing() - self.busy

    @property
    def held(self) -> set[str]:
        return {name for name, held in self.duties.cameras.items() if held}


class Site:
    def __init__(self, folder: Path) -> None:
        self.server, self.clock, self._folder = Server(), FakeClock(), folder

    def box(self, name: str, capacity: int = 4) -> Box:
        return Box(self.server, name, self._folder, self.clock, capacity)

    def pass_time(self, *boxes: Box, seconds: float = 10.0) -> None:
        """Those that live look again and again."""
        for _ in range(round(seconds / BEAT_S)):
            self.clock.advance(BEAT_S)
            for box in boxes:
                box.sharing._try_once(box, box.duties)  # one turn of run
