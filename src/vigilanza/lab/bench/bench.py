"""What every row of the benchmark works with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.door import Door
from vigilanza.lab.bench.contest import Stage
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.workload import Day, Scene, write_scenes

MakePipeline: TypeAlias = Callable[[str, Sequence[Door]], Pipeline]
"""The pipeline with all its detectors, of a camera's id and doors; picklable, as other processes call it."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Recordings to make scenes of, and a stage; `quick` asks for short windows and few cameras."""

    clips: Path
    stage: Stage
    quick: bool

    def scenes(self, day: Day, stream: str = "sub") -> list[Scene]:
        """See write_scenes. They go with the stage's folder."""
        folder = self.stage.folder / f"scenes-{stream}-{day.share:g}"
        folder.mkdir()
        return write_scenes(self.clips, folder, day, stream=stream)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a row found, with details for those who look closer; `why` if a figure could not be measured."""

    figures: tuple[Figure, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the benchmark; `measure` raises NotMeasured if it cannot."""

    says: str
    measure: Callable[[Bench], Measured]
