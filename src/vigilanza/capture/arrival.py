"""When a live picture was taken, judged by when it arrived."""

from collections import deque

from vigilanza.clock import Clock
from vigilanza.domain.errors import ClockSetBack

_LEAK = 0.001
"""Seconds per second by which the assumed delay may grow again: ten times the drift of a poor camera crystal."""
_JUMP_SECONDS = 5.0
"""A camera whose times fall back, or behind what has just arrived, by more than this has a bad clock: start anew."""
_REORDERED = 16
"""Pictures that H.264 and H.265 may send out of order."""
_CLOCK_SET_SECONDS = 1.0
WAITED_SECONDS = 0.008
"""Packets that lay ready come faster than this, and no camera sends pictures at such a rate."""


class ArrivalClock:
    """Maps one connection's presentation times to UTC.

    The least delayed packet so far is taken as not delayed at all, so that a burst after a stall gets the times at
    which its pictures were taken (also if it was us who stalled), and no picture lies in the future.
    `settled` is False while only packets came that lay ready when the connection was opened: their delay is unknown.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.now() - clock.monotonic()
        self._offset: float | None = None
        self._seen = self._newest = float("-inf")
        self._asked = clock.monotonic()
        self._given: deque[tuple[float, float]] = deque(maxlen=_REORDERED)
        self._latest = (float("-inf"), float("-inf"))
        """Of those given, the last in picture order."""
        self.settled = False

    def asking(self) -> None:
        """The next packet is about to be awaited."""
        self._asked = self._clock.monotonic()

    def arrived(self, seconds: float) -> None:
        """The packet of the picture at `seconds` of the connection arrives now, which `asking` announced.

        Raises ClockSetBack if this machine's clock was set back meanwhile: the next connection starts anew.
        """
        mono = self._clock.monotonic()
        self._follow_wall(mono)
        awaited = mono - self._asked > WAITED_SECONDS
        delay = mono - seconds
        restarted = seconds < self._newest - _JUMP_SECONDS
        if restarted:
            self._given.clear()
            self._latest = (float("-inf"), float("-inf"))
        if self._offset is None or restarted or (awaited and delay - self._offset > _JUMP_SECONDS):
            self._offset, self._newest = delay, seconds
        else:
            self._offset = min(delay, self._offset + _LEAK * (mono - self._seen))
        self.settled = self.settled or (awaited and self._seen > float("-inf"))
        self._seen, self._newest = mono, max(self._newest, seconds)

    def at(self, seconds: float) -> float:
        """UTC, Unix seconds, of the picture at `seconds` of the connection, by what has arrived so far.

        In picture order the times given never step back, whatever is learnt in between and in whatever order one asks.
        """
        at = seconds + (self._offset or 0.0) + self._wall
        if seconds > self._latest[0]:
            at = max(at, self._latest[1])
            self._latest = (seconds, at)
        else:
            at = max([at, *(given for before, given in self._given if before < seconds)])
            at = min([at, *(given for after, given in self._given if after > seconds)])
        self._given.append((seconds, at))
        return at

    def _follow_wall(self, mono: float) -> None:
        stepped = self._clock.now() - mono - self._wall
        if stepped > _CLOCK_SET_SECONDS:
            self._wall += stepped
        elif stepped < -_CLOCK_SET_SECONDS:
            raise ClockSetBack("this machine's clock was set back, connecting anew")
