"""How fast one destination is spoken to: slower while its line is down, and never faster than it wants."""

from collections import deque

SCHEDULE = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before the first attempt, the second, …; then one a minute, for ever."""
EVERY_SECONDS = 60.0
_WINDOW_SECONDS = 60.0


def wait_after(attempt: int) -> float:
    """Seconds from the failure of this attempt (counted from 1) to the next one."""
    return SCHEDULE[attempt] if attempt < len(SCHEDULE) else EVERY_SECONDS


class Pace:
    """All times are monotonic seconds.

    A failure pauses the whole destination, not one alert: when a line comes back after a day, its thousands of
    alerts were not tried thousands of times a minute. What has never been tried may go even in a pause: a new alarm
    finds out by itself whether the line is back.
    """

    def __init__(self, *, per_minute: int | None = None) -> None:
        """`per_minute`: so many alerts in any minute; what cannot wait goes all the same."""
        self._per_minute = per_minute
        self._sent: deque[float] = deque()
        self._failures = 0
        self._resume_at = float("-inf")

    def paused(self, now: float) -> bool:
        """Whether only what was never tried may go."""
        return now < self._resume_at

    def spent(self, now: float) -> bool:
        """Whether only what cannot wait may go."""
        while self._sent and self._sent[0] <= now - _WINDOW_SECONDS:
            self._sent.popleft()
        return self._per_minute is not None and len(self._sent) >= self._per_minute

    def answered(self, now: float) -> None:
        """The other party said something, yes or no: the line works."""
        self._failures, self._resume_at = 0, float("-inf")
        if self._per_minute is not None:
            self._sent.append(now)

    def failed(self, now: float, *, asked: float = 0.0) -> None:
        """No answer, or a request to wait for `asked` seconds; what fails within a pause does not count again."""
        if not self.paused(now):
            self._failures += 1
            self._resume_at = now + wait_after(self._failures)
        self._resume_at = max(self._resume_at, now + asked)
