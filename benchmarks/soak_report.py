"""What a soak of `soak.py` came to: as lines for a terminal, and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FLAT = 0.005
"""Of the memory in use: what may be held at the end of a round more than at the end of the one before it."""
GOOD = "nothing lost, nothing invented, all cameras on sound lines back, memory flat"


@dataclass(frozen=True, slots=True)
class Sample:
    """Of watch, so many minutes after the beginning: memory in megabytes, cores used on average so far."""

    minutes: float
    memory_mb: float
    cores: float

    def says(self) -> str:
        """In one line."""
        return f"{self.minutes:5.1f} min  {self.memory_mb:6.0f} MB  {self.cores:.2f} cores"


@dataclass(frozen=True, slots=True)
class Played:
    """What was seen of it: `lost` are the cameras without pictures at the end, `wrong` what was not as it should be."""

    machine: str
    cameras: int
    rounds: int
    samples: Sequence[Sample]
    lost: Sequence[str]
    events: int
    wrong: Sequence[str]

    @property
    def faults(self) -> Sequence[str]:
        """What went wrong."""
        grown = self._grown_mb()
        grows = grown is not None and grown > FLAT * self.samples[-1].memory_mb
        return [*self.wrong, "memory grows"] if grows else self.wrong

    def figures(self) -> dict[str, str]:
        """What was measured, in words."""
        grown_mb = self._grown_mb()
        grown = "not judged: fewer than three rounds"
        if grown_mb is not None:
            grown = f"{grown_mb:+.1f} MB from the end of a round to the end of the next"
        end = f"{self.samples[-1].memory_mb:.0f} MB, {self.samples[-1].cores:.2f} cores" if self.samples else "nothing"
        alive = f"{self.cameras - len(self.lost)} of {self.cameras}"
        if self.lost:
            alive += f"; without pictures just then: {', '.join(self.lost)}"
        return {
            "cameras alive at the end": alive,
            "events recorded": str(self.events),
            "what watch used": end,
            "how its memory grew": grown,
        }

    def plain(self) -> str:
        """For a terminal."""
        figures = [f"{name}: {value}" for name, value in self.figures().items()]
        return "\n".join([*figures, *(self.faults or [GOOD])])

    def page(self) -> str:
        """As Markdown."""
        minutes = self.samples[-1].minutes if self.samples else 0.0
        told = "\n".join(f"- {fault}" for fault in self.faults) or f"**{GOOD.capitalize()}.**"
        figures = "\n".join(f"| {name} | {value} |" for name, value in self.figures().items())
        samples = "\n".join(f"| {one.minutes:.1f} | {one.memory_mb:.0f} | {one.cores:.2f} |" for one in self.samples)
        return (
            f"# Soak\n\n{self.cameras} cameras for {minutes:.0f} minutes on {self.machine}.\n\n{told}\n\n"
            f"| | |\n|:--|:--|\n{figures}\n\n"
            f"| minutes | MB | cores so far |\n|--:|--:|--:|\n{samples}\n"
        )

    def _grown_mb(self) -> float | None:
        """By how much more memory is held at the end of the last round than at that of the one before, in the median.

        The first time that something happens it takes memory that is used again the next time: a straight line through
        all of it would tell of that as growth, and so would the middle of a round, where in the round before something
        had yet to happen for the first time. At the ends of rounds the same has happened as often, and what leaks
        with every round is there in full. None if there are fewer than three.
        """
        length = len(self.samples) // self.rounds
        if self.rounds < 3 or not length:
            return None
        quarter = max(1, length // 4)
        return _median_mb(self.samples[-quarter:]) - _median_mb(self.samples[-length - quarter : -length])


def _median_mb(samples: Sequence[Sample]) -> float:
    return median(one.memory_mb for one in samples)
