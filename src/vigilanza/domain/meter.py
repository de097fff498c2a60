"""How long a fact has been seen, forgiving short gaps."""

from dataclasses import dataclass

STEP_MAX_S = 1.0
PAUSE_S = 0.3


@dataclass(frozen=True, slots=True)
class Meter:
    """Time a fact was seen. All in seconds; times are picture times.

    `since` is when the present run began, `last` when it was last seen, `seconds` how long in all during the run,
    `peak` the highest confidence of the run, `count` the most that were seen at once in it.
    """

    since: float = 0.0
    last: float = float("-inf")
    seconds: float = 0.0
    peak: float = 0.0
    count: int = 1

    def seen(
        self,
        at: float,
        previous: float | None,
        confidence: float,
        forget: float,
        *,
        count: int = 1,
        missed: float = 0.0,
    ) -> "Meter":
        """The fact was seen at `at`, `count` times at once; `previous` is when the picture before that was taken.

        A run ends after a gap of `forget`, unless no picture was taken meanwhile: cameras may give few pictures, or
        none for an hour. One picture adds at most STEP_MAX_S, after such a pause only PAUSE_S. A gap up to `missed` is
        part of the time: what was there before and after it was only missed.
        """
        paused = previous is not None and self.last >= previous
        if previous is None or (at - self.last > forget and not paused):
            return Meter(since=at, last=at, seconds=0.0, peak=confidence, count=count)
        step = PAUSE_S if at - previous > forget else min(at - previous, STEP_MAX_S)
        if step < at - self.last <= missed:
            step = at - self.last
        return Meter(self.since, at, self.seconds + step, max(self.peak, confidence), max(self.count, count))

    def running(self, at: float, forget: float) -> bool:
        """True while the run lasts."""
        return at - self.last <= forget


UNSEEN = Meter()
"""Of a fact that was never seen."""
