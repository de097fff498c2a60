"""When something that is used up will be gone."""

from collections import deque

SPAN_S = 6 * 3600.0
"""What was used up in so long says what will be."""
APART_S = 60.0
SHORTEST_S = 1800.0
"""Less tells nothing: a clip is written in a moment, and then none for hours."""


class Forecast:
    """Of an amount that is looked at now and then; times are monotonic seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def note(self, at: float, left: float) -> None:
        """So much is left; of looks in quick succession one counts."""
        if self._seen and at - self._seen[-1][0] < APART_S:
            return
        self._seen.append((at, left))
        while self._seen[-1][0] - self._seen[0][0] > SPAN_S:
            self._seen.popleft()

    def seconds_left(self, left: float) -> float:
        """Until `left` is gone if it goes on so; infinite while nothing is used up or too little is known."""
        if not self._seen:
            return float("inf")
        (first, then), (last, now) = self._seen[0], self._seen[-1]
        if last - first < SHORTEST_S or now >= then:
            return float("inf")
        return max(left, 0.0) * (last - first) / (then - now)
