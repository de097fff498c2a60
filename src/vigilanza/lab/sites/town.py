"""The simulated town, and a seeded account of what happens in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from vigilanza.domain.events import Event, tell
from vigilanza.domain.meter import Meter
from vigilanza.domain.observation import Fact
from vigilanza.lab.sites.occasion import DAY_S, OCCASIONS, PEAK, Occasion, events_per_door_day

DOORS_PER_CAMERA = 3
_SWAY = (0.6, 1.4)
"""No two stories take the same time: the seconds between two events, times something between these."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that its site commits `at_s` seconds after the beginning."""

    at_s: float
    site: str
    event: Event


@dataclass(frozen=True, slots=True)
class Town:
    """So many sites, with so many doors each."""

    sites: int
    doors: int

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of its sites."""
        return tuple(f"s{number:04}" for number in range(self.sites))

    def peak_rate(self) -> float:
        """Events a second in the busiest hour of a day."""
        return self.sites * self.doors * events_per_door_day() * PEAK / DAY_S

    def happenings(self, *, factor: float, seconds: float, seed: int, began: float) -> Sequence[Happening]:
        """What begins within `seconds`, in the order of time: `factor` times as much as in the busiest hour.

        `began`: when that is, UTC in Unix seconds. Incidents begin independently of each other, anywhere.
        """
        random = Random(seed)
        found = [
            happening
            for occasion in OCCASIONS
            for start in _starts(random, self._rate(occasion) * factor, seconds)
            for happening in self._play(occasion, random, start, began)
        ]
        # A site commits its events one after the other: of two at once, those of one incident stay in their order.
        return sorted(found, key=lambda one: (one.at_s, one.event.incident, one.event.sequence))

    def _rate(self, occasion: Occasion) -> float:
        return self.sites * self.doors * occasion.per_door_day * PEAK / DAY_S

    def _play(self, occasion: Occasion, random: Random, start: float, began: float) -> Iterator[Happening]:
        site, door = self.names[random.randrange(self.sites)], random.randrange(self.doors)
        incident, at_s = UUID(int=random.getrandbits(128), version=4), start
        seen: list[tuple[Fact, Meter]] = []
        for sequence, beat in enumerate(occasion.story):
            at_s += beat.after * random.uniform(*_SWAY)
            at = began + at_s
            seen.append((beat.fact, Meter(since=at - 2.0, last=at, seconds=2.0, peak=random.uniform(0.6, 0.99))))
            event = tell(
                incident,
                sequence,
                beat.kind,
                beat.severity,
                beat.phase,
                camera=f"stairs-{door // DOORS_PER_CAMERA}",
                door=f"{site}.B.{door:02}" if occasion.at_door else None,
                at=at,
                meters=seen,
            )
            yield Happening(at_s, site, replace(event, order=f"{site}-visit") if occasion.order else event)


def _starts(random: Random, rate: float, seconds: float) -> Iterator[float]:
    """Times of a Poisson process."""
    at = random.expovariate(rate)
    while at < seconds:
        yield at
        at += random.expovariate(rate)
