"""Which pictures of a stream the analysis gets."""


class RateSelector:
    """Takes the pictures nearest to a regular grid of picture times, so the choice repeats itself on a replay.

    A source slower than `rate_hz` keeps all its pictures; at a whole multiple exactly every n-th is taken.
    """

    def __init__(self, *, rate_hz: float) -> None:
        if rate_hz <= 0:
            raise ValueError(f"rate must be positive, not {rate_hz}")
        self._period = 1.0 / rate_hz
        self._due: float | None = None
        self._last = 0.0

    def reset(self) -> None:
        """The next picture is taken, and the grid starts there."""
        self._due = None

    def takes(self, at: float) -> bool:
        """True if the picture taken at `at` (seconds, not before the previous one) is to be analysed."""
        if self._due is None:
            self._due, self._last = at + self._period, at
            return True
        reach = min(at - self._last, self._period) / 2.0
        self._last = at
        if at + reach < self._due - 1e-6:
            return False
        behind = at - self._due
        self._due += self._period * (1 + max(0, int((behind + 1e-6) / self._period)))
        return True
