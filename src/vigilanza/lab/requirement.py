"""What an evaluation must reach, as given on the command line: METRIC OPERATOR NUMBER."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_FORM = re.compile(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one figure."""

    metric: str
    sign: str
    limit: float

    @staticmethod
    def parse(text: str, known: Collection[str]) -> "Requirement":
        """E.g. `recall>=0.95`. ValueError says what is wrong and which metrics are known."""
        form = _FORM.fullmatch(text)
        if form is None:
            raise ValueError(f"{text!r} is not METRIC OPERATOR NUMBER, e.g. recall>=0.95, with {' '.join(_HOLDS)}")
        if form[1] not in known:
            raise ValueError(f"no metric {form[1]!r}, there is {', '.join(known)}")
        return Requirement(form[1], form[2], float(form[3]))

    def __str__(self) -> str:
        return f"{self.metric}{self.sign}{self.limit:g}"

    def holds(self, figures: Mapping[str, float | int | None]) -> bool:
        """Whether the figures meet it; a figure of nothing meets nothing."""
        value = figures[self.metric]
        return value is not None and _HOLDS[self.sign](value, self.limit)
