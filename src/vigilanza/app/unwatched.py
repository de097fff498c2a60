"""Records as lost what no box of the site watches: silence is never good news."""

import threading
from collections.abc import Mapping, Sequence

import structlog

from vigilanza.app.losses import losses
from vigilanza.app.sharing import Sharing
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.lease import LeaseState
from vigilanza.store.journal import Journal

log = structlog.get_logger(__name__)

LOOK_S = 2.0
UNWATCHED_S = 30.0
"""Boxes that start one after the other have claimed everything by then."""


class Unwatched:
    """Of all living boxes the first by name records. One thread runs it."""

    def __init__(self, sharing: Sharing, cameras: Sequence[Camera], journal: Journal, clock: Clock) -> None:
        self._sharing, self._cameras, self._journal, self._clock = sharing, cameras, journal, clock
        self._since: Mapping[str, float] = {}
        self._told: frozenset[str] = frozenset()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not self._clock.wait(LOOK_S, stop):
            try:
                self.run_once()
            except JournalUnavailable as error:
                log.error("that cameras are not watched cannot be recorded yet", why=str(error))

    def run_once(self) -> None:
        """Look once. JournalUnavailable: at the next look again."""
        now, states = self._clock.monotonic(), self._sharing.states()
        nobodys = {name for name, state in states.items() if state is LeaseState.NOBODY}
        self._since = {name: self._since.get(name, now) for name in nobodys}
        self._told &= nobodys
        due = {name for name, since in self._since.items() if now - since >= UNWATCHED_S} - self._told
        if not due or self._sharing.reachable is not True or self._sharing.box != min(self._sharing.alive):
            return
        cameras = [camera for camera in self._cameras if camera.id in due]
        log.critical("cameras are not watched by any box: give one more capacity", cameras=sorted(due))
        self._journal.record(losses(cameras, self._journal.open_incidents(), self._clock.now()))
        self._told |= due
