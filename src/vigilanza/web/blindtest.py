"""How much of what happens is found, measured on recordings: told among the statistics, with what was measured."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Doubt(StrEnum):
    """Why the figures may say nothing of this installation."""

    UNREADABLE = "unreadable"
    """There is no such file, or it is no evaluation: then there are no figures."""
    CHANGED = "changed"
    """It is not what was written: somebody has changed it by hand."""
    OTHER_MODEL = "other_model"
    """People are found by another network here, or with other weights."""
    OTHER_PROGRAM = "other_program"
    """Another version of this program was measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Recall with its two-sided 95 % bounds (Wilson), of `events`; what was measured, when (ISO 8601), on what.

    `recall` is None where no event was wanted. `truth_sha256` says which recordings it were.
    """

    made_at: str
    recall: float | None
    low: float
    high: float
    events: int
    found: int
    in_time: float | None
    recordings: int
    truth_sha256: str
    vigilanza: str
    analysis_fps: float
    people: str
    models: dict[str, str]


@dataclass(frozen=True, slots=True)
class BlindTest:
    """What is to be told of the evaluation that the configuration names; `why` is for whoever reads `unreadable`."""

    doubts: Sequence[Doubt]
    measured: Measured | None = None
    why: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "doubts": [doubt.value for doubt in self.doubts],
            "why": self.why,
            "measured": None if self.measured is None else asdict(self.measured),
        }
