"""How long a fact has been seen, forgiving short gaps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meter:
    """Time a fact was seen. All in seconds; times are picture times.

    `since` is when the present run began, `last` when it was last seen, `seconds` how long in all during the run,
    `peak` the highest confidence of the run.
    """

    since: float = 0.0
    last: float = float("-inf")
    seconds: float = 0.0
    peak: float = 0.0

    def seen(self, at: float, step: float, confidence: float, forget: float) -> "Meter":
        """The fact was seen at `at`, `step` seconds after the previous picture; a run ends after a gap of `forget`."""
        if at - self.last > forget:
            return Meter(since=at, last=at, seconds=0.0, peak=confidence)
        return Meter(self.since, at, self.seconds + step, max(self.peak, confidence))

    def running(self, at: float, forget: float) -> bool:
        """True while the run lasts."""
        return at - self.last <= forget
