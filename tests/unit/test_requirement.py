"""Conditions on figures."""

import pytest

from vigilanza.lab.metrics import FIGURES
from vigilanza.lab.requirement import Requirement


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("recall>=0.95", 0.95, True),
        ("recall>0.95", 0.95, False),
        (" p95_s <= 8 ", 8.1, False),
        ("false_alarms==0", 0, True),
        ("lead_least_s<-1.5", -2.0, True),
        ("p95_s<=8", None, False),
    ],
)
def test_a_requirement_is_metric_operator_number(text: str, value: float | None, met: bool) -> None:
    requirement = Requirement.parse(text, FIGURES)
    assert requirement.holds({requirement.metric: value}) is met
    assert str(requirement) == text.replace(" ", "")


@pytest.mark.parametrize(
    "text", ["recall", "recall=0.9", ">=0.9", "recall>=high", "recall>=0.9 and p95_s<=8", "recall>=1e3"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not METRIC OPERATOR NUMBER"):
        Requirement.parse(text, FIGURES)


def test_an_unknown_metric_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"no metric 'rekall', there is events, found, .*p95_s"):
        Requirement.parse("rekall>=0.9", FIGURES)
