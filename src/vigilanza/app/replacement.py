"""A part's process gives way to a new one that has to prove itself."""

import threading
from collections.abc import Callable

from vigilanza.app.standby import StandBy


class Replacement:
    """Of the part `name`. `done` is set once the new process has run long enough (`stayed`), or once it has not.

    `undo` is called before the part is started again because the new process did not stay. The new one stands by
    first: only when it is ready the former one is asked to make room, until `leaves_by` (Clock.monotonic()).
    """

    def __init__(self, name: str, *, undo: Callable[[], None]) -> None:
        self.name, self._undo = name, undo
        self.next: StandBy | None = None
        self.ready_by = 0.0
        self.leaves_by: float | None = None
        self.stayed = False
        self.done = threading.Event()

    def stay(self) -> None:
        """It has proved itself."""
        self.stayed = True
        self.done.set()

    def fail(self) -> None:
        """It ended too soon, or never got ready."""
        self._undo()
        if self.next is not None:
            self.next.give_up()
            self.next = None
        self.done.set()
