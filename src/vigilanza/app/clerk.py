"""The recorder of a drill: all that `vigilanza watch` records with, told what happened instead of seeing it."""

import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from uuid import UUID

from vigilanza.app.desk import Desk
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable, UnknownRecord
from vigilanza.domain.events import Event
from vigilanza.lab.drill.box.asks import Ask, Decided, Happened, Pictured

_LOOK_S, _AGAIN_S = 0.02, 0.2


class Clerk:
    """Hands in what it is told, and says what is done with; see Ask."""

    def __init__(self, desk: Desk, *, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._to_put: list[Event] = []
        self._put: list[UUID] = []
        self._errands: SimpleQueue[Decided | Pictured | None] = SimpleQueue()
        self._sending = threading.Lock()

    def run(self, pipe: Connection, stop: threading.Event) -> None:
        """Until `stop` is set, or nobody tells any more."""
        running = threading.Thread(target=self._run_errands, args=(pipe, stop), daemon=True)
        running.start()
        try:
            while not stop.is_set():
                if pipe.poll(_LOOK_S):
                    self._take(pipe.recv())
                self._hand_in()
                self._say_kept(pipe)
        except (EOFError, OSError):
            stop.set()
        self._errands.put(None)
        running.join()

    def _take(self, ask: Ask) -> None:
        match ask:
            case Happened(event):
                self._to_put.append(event)
            case Decided() | Pictured():
                self._errands.put(ask)

    def _hand_in(self) -> None:
        """As the eyes do: what is not taken is put again."""
        try:
            for event in list(self._to_put):
                self._desk.put([event])
                self._to_put.remove(event)
                self._put.append(event.id)
        except JournalUnavailable:
            return

    def _say_kept(self, pipe: Connection) -> None:
        """What has left the memory is on disk or in the journal."""
        if self._put and not self._desk.recorder.state.queued:
            for key in self._put:
                self._say(pipe, key)
            self._put.clear()

    def _run_errands(self, pipe: Connection, stop: threading.Event) -> None:
        while (ask := self._errands.get()) is not None:
            while not stop.is_set() and not self._try(self._errand(ask)):
                self._clock.wait(_AGAIN_S, stop)
            if not stop.is_set():
                self._say(pipe, ask.id)

    def _errand(self, ask: Decided | Pictured) -> Callable[[], object]:
        memory = self._desk.memory
        match ask:
            case Decided(decision):
                return lambda: memory.journal.decide(decision)
            case Pictured(incident, at, content):
                return lambda: memory.media.add(
                    incident=incident, kind="still", start=at, end=at, content=content, suffix=".jpg"
                )

    def _try(self, act: Callable[[], object]) -> bool:
        """Not yet recorded, or the disk or the database is away: again a little later."""
        try:
            act()
        except (JournalUnavailable, UnknownRecord, OSError):
            return False
        return True

    def _say(self, pipe: Connection, key: UUID) -> None:
        with self._sending:
            pipe.send(key)
