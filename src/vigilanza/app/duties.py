"""Which cameras this process is to look at now, and of which it may tell: as long as they are shared by lease."""

import threading
from collections.abc import Callable, Mapping, Sequence

import structlog

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event

log = structlog.get_logger(__name__)


class Duties:
    """Set by who holds the leases, followed by who opens the eyes, asked before every event. Any thread."""

    def __init__(self, put: Callable[[Sequence[Event]], None], *, is_sure: Callable[[], bool] = lambda: True) -> None:
        """`put` takes what may be told (see Recorder.put); `is_sure`: False while nobody knows what is ours now."""
        self._put, self._is_sure = put, is_sure
        self._held: Mapping[str, bool] = {}
        self.changed = threading.Event()
        self.left_out = 0
        """Events of cameras that somebody else watches: he tells of them."""

    @property
    def cameras(self) -> Mapping[str, bool]:
        """True for those we tell of; False for those we only look at, to take them over."""
        return self._held

    def set(self, cameras: Mapping[str, bool]) -> None:
        """From this moment on."""
        if cameras != self._held:
            self._held = dict(cameras)
            self.changed.set()

    def put(self, events: Sequence[Event]) -> None:
        """See Recorder.put. JournalUnavailable, too, as long as it is not sure whether this box still holds a lease."""
        if not self._is_sure():
            raise JournalUnavailable("this machine stood still: first it is looked who holds the cameras now")
        ours = [event for event in events if self._held.get(event.camera)]
        if others := len(events) - len(ours):
            self.left_out += others
            log.warning("events left to the box that holds the camera", camera=events[0].camera, events=others)
        if ours:
            self._put(ours)
