"""What a soak of `soak.py` came to: as lines for a terminal, and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from vigilanza.lab.bench.slope import SURE, Slope

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
    samples: Sequence[Sample]
    lost: Sequence[str]
    events: int
    wrong: Sequence[str]

    @property
    def faults(self) -> Sequence[str]:
        """What went wrong."""
        slope = self._slope()
        grows = slope is not None and slope.per_unit > SURE * slope.error
        return [*self.wrong, "memory grows"] if grows else self.wrong

    def figures(self) -> dict[str, str]:
        """What was measured, in words."""
        slope = self._slope()
        grown = "too few samples" if slope is None else f"{slope.per_unit:+.2f} MB a minute, error {slope.error:.2f}"
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

    def _slope(self) -> Slope | None:
        """None for a run that was too short."""
        try:
            return Slope.of([(one.minutes, one.memory_mb) for one in self.samples])
        except ValueError:
            return None
