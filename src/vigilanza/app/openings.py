"""Which doors stood open, and when, as far as it is known by now."""

import threading
from collections.abc import Sequence
from uuid import UUID

from vigilanza.domain.events import Event
from vigilanza.domain.opening import Opening, opening_after

KEPT_S = 3600.0
"""No ring reaches back further: a clip that is still to be made shows nothing older."""


class Openings:
    """Of all cameras of a process, in memory. Any thread may ask and tell.

    It is told of every event when it is seen, before it is recorded, and at a restart of those of the open incidents.
    """

    def __init__(self) -> None:
        self._known: dict[UUID, Opening] = {}
        self.is_complete = False
        """Whether it was told, too, what stood open at the last end, or when a camera was taken over."""
        self._lock = threading.Lock()

    def note(self, events: Sequence[Event]) -> None:
        """Take in what these events say about doors; the same ones may come again."""
        with self._lock:
            for event in events:
                opening = opening_after(self._known.get(event.incident), event)
                if opening is not None:
                    self._known[event.incident] = opening
            latest = max((event.at for event in events), default=float("-inf"))
            for incident in [one for one, known in self._known.items() if known.end < latest - KEPT_S]:
                del self._known[incident]

    def reopen(self) -> None:
        """There is more to be told: cameras were taken over, of whose doors nothing is known yet."""
        self.is_complete = False

    def complete(self) -> None:
        """Nothing is left to be told of what was before the start."""
        self.is_complete = True

    def of(self, camera: str) -> list[Opening]:
        """Those of one camera."""
        with self._lock:
            return [known for known in self._known.values() if known.camera == camera]
