"""Cameras whose pictures are words."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vigilanza.clock import SystemClock
from vigilanza.domain.errors import NoPictures
from vigilanza.web.seen import Piece, Viewing

CLOCK = SystemClock()


@dataclass
class Reel:
    """See Viewing: a hundred pieces a second."""

    mime: str = "video/mp4"
    head: bytes = b"head"
    taken: int = 0
    closed: bool = False

    def take(self, timeout: float) -> Piece | None:
        CLOCK.wait(min(timeout, 0.01), threading.Event())
        self.taken += 1
        return Piece(1000.0 + self.taken, float(self.taken), b"piece")

    def close(self) -> None:
        self.closed = True


@dataclass
class Reels:
    """See Cameras: of each camera what it shows, or why it does not."""

    shown: Mapping[str, Reel | NoPictures]
    asked: list[tuple[str, bool]] = field(default_factory=list)
    stills: int = 0

    def names(self) -> Sequence[str]:
        return list(self.shown)

    def open(self, camera: str, *, large: bool) -> Viewing:
        self.asked.append((camera, large))
        reel = self.shown[camera]
        if isinstance(reel, NoPictures):
            raise reel
        return reel

    def still(self, camera: str) -> Piece:
        assert camera in self.shown
        self.stills += 1
        return Piece(2000.0 + self.stills, 0.0, b"jpeg")
