"""What a row of the benchmark found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `limit` is what it must not exceed, None where it is only told; `value` is None if not measured."""

    says: str
    value: float | None
    unit: str = ""
    limit: float | None = None

    @property
    def reached(self) -> bool | None:
        """None where there is no limit, or no value."""
        return None if self.limit is None or self.value is None else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """All there is."""
        return {
            "says": self.says,
            "value": self.value,
            "unit": self.unit,
            "limit": self.limit,
            "reached": self.reached,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: its figures, `why` if something could not be measured, and `details` for those who look closer."""

    row: str
    says: str
    figures: tuple[Figure, ...] = ()
    why: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All there is."""
        figures = [figure.as_json() for figure in self.figures]
        return {"row": self.row, "says": self.says, "figures": figures, "why": self.why, "details": dict(self.details)}
