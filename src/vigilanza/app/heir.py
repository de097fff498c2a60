"""Records what processes left behind that are no more: shares of another number, before the cameras were regrouped."""

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from vigilanza.app.share import Share
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event
from vigilanza.store.spool import Spool

log = structlog.get_logger(__name__)

RETRY_S = 2.0
_BATCH = 100


class Heir:
    """Brings the spools in `state` that belong to none of `shares` into the journal. One thread runs it."""

    def __init__(
        self, state: Path, shares: Sequence[Share], *, record: Callable[[Sequence[Event]], None], clock: Clock
    ) -> None:
        self._state, self._record, self._clock = state, record, clock
        self._known = {f"events{share.suffix}.spool" for share in shares}
        self._workshops = {f"clips{share.suffix}" for share in shares}

    def run(self, stop: threading.Event) -> None:
        """Until nothing is left, or `stop` is set."""
        for folder in self._state.glob("clips-*"):
            if folder.name not in self._workshops:
                shutil.rmtree(folder, ignore_errors=True)
        while self._left() and not stop.is_set():
            try:
                for path in self._left():
                    self._take_over(path)
            except (JournalUnavailable, OSError) as error:
                log.error("events left by an earlier process wait", why=str(error))
                self._clock.wait(RETRY_S, stop)

    def _left(self) -> list[Path]:
        return sorted(path for path in self._state.glob("events*.spool") if path.name not in self._known)

    def _take_over(self, path: Path) -> None:
        spool = Spool(path)
        try:
            taken = len(spool)
            while len(spool):
                events = spool.first(_BATCH)
                self._record(events)
                spool.drop(len(events))
            path.unlink()
            log.info("events left by an earlier process recorded", spool=path.name, events=taken)
        finally:
            spool.close()
