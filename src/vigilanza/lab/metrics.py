"""What many scores come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vigilanza.domain.confidence import f_score, percentile, poisson_bounds, wilson
from vigilanza.lab.conditions import DIMENSIONS, conditions_of
from vigilanza.lab.scoring import Score

ALPHA = 0.65
"""Recall bias of the F1 score: i-LIDS, operational alert."""
HOUR_S, DAY_S = 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sums over takes, each a camera of its own. A figure of nothing is None."""

    events: int
    late: int
    false_alarms: int
    quiet_s: float
    """Camera time in which an alarm would be false."""
    negatives: int
    negatives_s: float
    negatives_false_alarms: int
    delays: tuple[float, ...]
    """Seconds from the first act to the alarm, of each event that was found."""
    leads: tuple[float, ...]
    """Seconds from the alarm to the first entry."""

    @property
    def found(self) -> int:
        """Events with an alarm."""
        return len(self.delays)

    @property
    def recall(self) -> float | None:
        """Share of the events that were found."""
        return _share(self.found, self.events)

    @property
    def precision(self) -> float | None:
        """Share of the alarms that were right, repetitions apart."""
        return _share(self.found, self.found + self.false_alarms)

    def f1(self, alpha: float) -> float | None:
        """Recall and precision in one figure; `alpha` above 0 leans to recall."""
        if self.recall is None or self.precision is None:
            return None
        return f_score(self.recall, self.precision, alpha)

    def false_per(self, seconds: float) -> tuple[float | None, float | None, float | None]:
        """False alarms in so many seconds of one camera, with the exact 95 % bounds."""
        if not self.quiet_s:
            return None, None, None
        scale = seconds / self.quiet_s
        low, high = poisson_bounds(self.false_alarms)
        return self.false_alarms * scale, low * scale, high * scale

    def as_json(self) -> dict[str, float | int | None]:
        """All figures by their public names, see docs/design/evaluation.md."""
        low, high = wilson(self.found, self.events)
        hourly, hourly_low, hourly_high = self.false_per(HOUR_S)
        daily, daily_low, daily_high = self.false_per(DAY_S)
        figures: dict[str, float | int | None] = {
            "events": self.events,
            "found": self.found,
            "late": self.late,
            "misses": self.events - self.found,
            "recall": self.recall,
            "recall_low": low,
            "recall_high": high,
            "recall_in_time": _share(self.found - self.late, self.events),
            "precision": self.precision,
            "f1": self.f1(ALPHA),
            "f1_even": self.f1(1.0),
            "false_alarms": self.false_alarms,
            "camera_hours": self.quiet_s / HOUR_S,
            "false_alarms_per_hour": hourly,
            "false_alarms_per_hour_low": hourly_low,
            "false_alarms_per_hour_high": hourly_high,
            "false_alarms_per_day": daily,
            "false_alarms_per_day_low": daily_low,
            "false_alarms_per_day_high": daily_high,
            "negatives": self.negatives,
            "negatives_hours": self.negatives_s / HOUR_S,
            "negatives_false_alarms": self.negatives_false_alarms,
            "p50_s": percentile(self.delays, 0.5),
            "p95_s": percentile(self.delays, 0.95),
            "lead_p50_s": percentile(self.leads, 0.5),
            "lead_least_s": min(self.leads, default=None),
        }
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in figures.items()}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def sum_up(scores: Sequence[Score]) -> Metrics:
    """The metrics of these takes."""
    outcomes = [outcome for score in scores for outcome in score.outcomes]
    negatives = [score for score in scores if not score.take.windows]
    return Metrics(
        events=len(outcomes),
        late=sum(outcome.late for outcome in outcomes),
        false_alarms=sum(len(score.false_alarms) for score in scores),
        quiet_s=sum(score.take.quiet_seconds for score in scores),
        negatives=len(negatives),
        negatives_s=sum(score.take.truth.duration for score in negatives),
        negatives_false_alarms=sum(len(score.false_alarms) for score in negatives),
        delays=tuple(outcome.delay for outcome in outcomes if outcome.delay is not None),
        leads=tuple(outcome.lead for outcome in outcomes if outcome.lead is not None),
    )


FIGURES = tuple(sum_up([]).as_json())
"""The public names of all figures."""


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """What happened under one condition; takes without a window count where they have false alarms."""

    dimension: str
    label: str
    events: int
    found: int
    late: int
    false_alarms: int


def by_condition(scores: Sequence[Score]) -> list[ConditionRow]:
    """One row per condition that an event or a false alarm had, in a fixed order."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for score in scores:
        for outcome in score.outcomes:
            for dimension, label in conditions_of(score.take.truth, outcome.window):
                counts[dimension, label, "events"] += 1
                counts[dimension, label, "found"] += outcome.alarm is not None
                counts[dimension, label, "late"] += outcome.late
        for alarm in score.false_alarms:
            for dimension, label in conditions_of(score.take.truth, alarm):
                counts[dimension, label, "false_alarms"] += 1
    places = sorted({place[:2] for place in counts}, key=lambda place: (DIMENSIONS.index(place[0]), place[1]))
    return [
        ConditionRow(
            dimension,
            label,
            events=counts[dimension, label, "events"],
            found=counts[dimension, label, "found"],
            late=counts[dimension, label, "late"],
            false_alarms=counts[dimension, label, "false_alarms"],
        )
        for dimension, label in places
    ]
