"""Notices that packets come and no pictures."""

from vigilanza.clock import Clock
from vigilanza.domain.errors import SourceUnavailable

_KEYFRAMES = 3
"""Key frames after which, and not before, it is the stream that cannot be decoded: some cameras send one in 30 s."""
_LONGEST = 6
"""Times the usual patience after which it does not matter whether key frames came."""


class Drought:
    """Of one connection at a time: `seconds` without a good picture, and three key frames in them, are an outage."""

    def __init__(self, *, seconds: float, clock: Clock) -> None:
        self._seconds, self._clock = seconds, clock
        self.end(0)

    def end(self, pictures: int) -> None:
        """A connection begins, or a picture came: `pictures` so far."""
        self._since, self._keyframes, self._pictures = self._clock.monotonic(), 0, pictures

    def check(self, *, pictures: int, is_keyframe: bool) -> None:
        """A packet came, and `pictures` good ones so far. SourceUnavailable if none did for too long."""
        if pictures != self._pictures:
            self.end(pictures)
            return
        self._keyframes += is_keyframe
        dry = self._clock.monotonic() - self._since
        if dry > self._seconds * (1 if self._keyframes >= _KEYFRAMES else _LONGEST):
            raise SourceUnavailable(f"packets for {dry:.0f} s, but no picture that can be decoded")
