"""The shares of one watch come to rest together, so that no camera is unseen while others finish their clips."""

from collections.abc import Callable
from pathlib import Path

import structlog

from vigilanza.app.share import Share

log = structlog.get_logger(__name__)


class Siblings:
    """Of one share: each leaves a mark in a folder that all of them know, and that is new with each watch."""

    def __init__(self, folder: Path, share: Share, idle: Callable[[], bool]) -> None:
        self._folder, self._share, self._idle = folder, share, idle
        self._mark = folder / f"idle{share.suffix}"

    def are_idle(self) -> bool:
        """Whether this share and all others have nothing under way; just this one's word where none can be left."""
        mine = self._idle()
        try:
            if not mine:
                self._mark.unlink(missing_ok=True)
                return False
            self._mark.touch()
            return sum(1 for _ in self._folder.glob("idle*")) >= self._share.count
        except OSError as error:
            log.error("nobody knows whether the other shares have finished", why=error.strerror)
            return mine
