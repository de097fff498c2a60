"""What a soak of `soak.py` came to: as lines for a terminal, and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FLAT = 0.005
"""Of the memory in use: what a round may hold more than the one before it, at the same minutes."""
GOOD = "nothing lost, nothing invented, all cameras back, memory flat"


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
        grown = "not judged: fewer than three rounds" if grown_mb is None else f"{grown_mb:+.1f} MB in the last round"
        end = f"{self.samples[-1].memory_mb:.0f} MB, {self.samples[-1].cores:.2f} cores" if self.samples else "nothing"
        return {
            "cameras alive at the end": f"{self.cameras - len(self.lost)} of {self.cameras}",
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
        """By how much the last round's memory lies above that of the one before, in the median of the same minutes.

        A straight line through all of it would tell of every break-in as growth: the first time something happens it
        takes memory that is used again the next time. What happens late in the first round is new to the second at all
        its minutes, so that tells nothing, either: None if there are fewer than three.
        """
        length = len(self.samples) // self.rounds
        if self.rounds < 3 or not length:
            return None
        last, before = self.samples[-length:], self.samples[-2 * length : -length]
        return median(late.memory_mb - early.memory_mb for late, early in zip(last, before, strict=True))
