"""How long to wait before a camera is tried again."""

from dataclasses import dataclass
from random import Random

_SHORTEST = 0.6
"""Waits are this share to all of their length, so that cameras lost in one instant do not come back in one."""
_SOONEST = 0.25
"""Share of the first wait that is waited even where the attempt itself took longer than the wait."""


@dataclass(slots=True)
class Backoff:
    """Waits of one camera, in seconds, doubling from `first` up to a bound. `random` makes them differ by camera.

    Outages: up to `outage_max`, counted from the beginning of the attempt. With 0.6 s to open and a key frame every 2 s
    a camera is seen again at most 5 s after it is back, however long it was away. Trying costs next to nothing.
    Refusals: `refusal_first` up to `refusal_max`; too many wrong passwords make cameras lock the account.
    """

    random: Random
    first: float = 1.0
    outage_max: float = 2.0
    refusal_first: float = 4.0
    refusal_max: float = 30.0
    _outage: float = 0.0
    _refusal: float = 0.0

    @staticmethod
    def of(camera: str) -> "Backoff":
        """The usual one; the same camera always waits the same."""
        return Backoff(Random(camera))

    def saw(self) -> None:
        """The camera gave a picture: be patient again."""
        self._outage = self._refusal = 0.0

    def outage(self, spent: float) -> float:
        """After an attempt of `spent` seconds in which the camera could not be reached or fell silent."""
        self._outage = min(self._outage * 2.0 or self.first, self.outage_max)
        return max(self.first * _SOONEST, self._drawn(self._outage) - spent)

    def refusal(self) -> float:
        """After an answer that a person must see to."""
        self._refusal = min(self._refusal * 2.0 or self.refusal_first, self.refusal_max)
        return self._drawn(self._refusal)

    def _drawn(self, wait: float) -> float:
        return wait * (1.0 - (1.0 - _SHORTEST) * self.random.random())
