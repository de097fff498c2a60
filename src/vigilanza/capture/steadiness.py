"""Tells a camera that is back from one that only comes and goes."""

from collections import deque
from dataclasses import dataclass

MEMORY_S = 900.0
"""Losses longer ago than this before the last one do not count."""
_LOSSES_MAX = 8
"""Of more the wait is the longest anyway."""
POOR_SHARE = 0.2
"""A camera that was lost is not back while more of its pictures are damaged. A line that loses 1 % of its packets
spoils a third of them, one that loses 5 % nine tenths."""
TOLD_SHARE = 0.05
"""From here on somebody should mend it."""
TOLD_AFTER = 15
"""Seconds with pictures; a moment of damage proves nothing."""


@dataclass(slots=True)
class _Second:
    number: int
    good: int = 0
    damaged: int = 0


class Steadiness:
    """Of one stream. Times are UTC in Unix seconds, those of pictures; damage outlasts the connection.

    The first return counts at once. After the second loss within MEMORY_S pictures must have come for `first_wait`
    seconds, then for twice as long each time up to `longest_wait`; and after any loss no more than POOR_SHARE may be
    damaged of those in the last `window` seconds that had any.
    """

    def __init__(self, *, first_wait: float = 30.0, longest_wait: float = 300.0, window: int = 60) -> None:
        self._first_wait, self._longest_wait = first_wait, longest_wait
        self._losses: deque[float] = deque(maxlen=_LOSSES_MAX)
        self._back_at: float | None = None
        self._known = (0, 0)
        self._seconds: deque[_Second] = deque(maxlen=window)
        self.steady = True
        """False from a loss until pictures come steadily again; whatever they do then, until the next loss."""

    def lose(self, at: float) -> None:
        """An outage begins."""
        self._losses.append(at)
        self._back_at, self.steady = None, False

    def count(self, at: float, *, good: int, damaged: int) -> None:
        """So many pictures, in totals that never fall, were decoded by the packet or picture of `at`."""
        before, self._known = self._known, (good, damaged)
        if self._known == before:
            return
        if not self._seconds or self._seconds[-1].number != int(at):
            self._seconds.append(_Second(int(at)))
        self._seconds[-1].good += good - before[0]
        self._seconds[-1].damaged += damaged - before[1]

    def see(self, at: float) -> None:
        """A good picture, counted already, was taken at `at`."""
        if self.steady:
            return
        self._back_at = at if self._back_at is None else self._back_at
        self.steady = at - self._back_at >= self.wait and self.damaged_share <= POOR_SHARE

    @property
    def wait(self) -> float:
        """Seconds for which pictures must come after the last loss."""
        recent = sum(at > self._losses[-1] - MEMORY_S for at in self._losses) if self._losses else 0
        return 0.0 if recent < 2 else min(self._first_wait * 2.0 ** (recent - 2), self._longest_wait)

    @property
    def damaged_share(self) -> float:
        """0..1, of the pictures decoded in the last `window` seconds that had any; 0.0 before the first."""
        good, damaged = (sum(getattr(one, name) for one in self._seconds) for name in ("good", "damaged"))
        return damaged / (good + damaged) if damaged else 0.0

    @property
    def complaint(self) -> str | None:
        """What the technician should look at; None while next to nothing is damaged, or too little is known."""
        if len(self._seconds) < TOLD_AFTER or self.damaged_share <= TOLD_SHARE:
            return None
        return (
            f"{self.damaged_share:.0%} of its pictures are damaged, for packets get lost on the way: "
            "set 'transport: tcp' for this camera, and look at its cable and its port of the switch; "
            "where it is tcp already the camera itself drops them: lower its bitrate"
        )
