"""A part's process gives way to a new one that has to prove itself."""

import threading
from collections.abc import Callable


class Replacement:
    """Of the part `name`. `done` is set once the new process has run long enough (`stayed`), or once it has not.

    `undo` is called before the part is started again because the new process did not stay.
    """

    def __init__(self, name: str, *, undo: Callable[[], None]) -> None:
        self.name, self._undo = name, undo
        self.stayed = False
        self.done = threading.Event()

    def stay(self) -> None:
        """It has proved itself."""
        self.stayed = True
        self.done.set()

    def fail(self) -> None:
        """It ended too soon."""
        self._undo()
        self.done.set()
