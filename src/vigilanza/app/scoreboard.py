"""An evaluation as text tables."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from vigilanza.lab.conditions import conditions_of
from vigilanza.lab.evaluation import Evaluation, Run
from vigilanza.lab.metrics import ALPHA, DAY_S, HOUR_S, Metrics, by_condition
from vigilanza.lab.scoring import Outcome

_PIPE_WIDTH = 140
"""Where nobody's window limits it, no name is cut."""
_TOLD = ("kind", "light", "fault", "sun")


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print takes, conditions, sums, perturbations and requirements."""
    if not console.is_terminal:
        console.width = max(console.width, _PIPE_WIDTH)
    first = evaluation.runs[0]
    console.print(_takes(first), "")
    console.print(_conditions(first), "")
    for line in summary(first.metrics):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if evaluation.left_out:
        console.print(f"played as sub stream only: {', '.join(evaluation.left_out)}", highlight=False, soft_wrap=True)
    if len(evaluation.runs) > 1:
        console.print("", _runs(evaluation))
    for line in (line for run in evaluation.runs for line in _wrong(run)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for requirement in evaluation.requirements:
        met = "not met" if requirement in evaluation.unmet else "met"
        console.print(f"required {requirement}: {met}", highlight=False, markup=False)


def summary(metrics: Metrics) -> Iterator[str]:
    """The figures in words, one line each."""
    figures = metrics.as_json()
    hourly, low, high = metrics.false_per(HOUR_S)
    daily, daily_low, daily_high = metrics.false_per(DAY_S)
    yield (
        f"recall {metrics.found}/{metrics.events} ({figures['recall_low']:.2f}..{figures['recall_high']:.2f} at 95 %), "
        f"{metrics.late} of them late; precision {number(metrics.precision, 2)}, "
        f"F1({ALPHA}) {number(metrics.f1(ALPHA), 3)}"
    )
    yield (
        f"false alarms {metrics.false_alarms} in {metrics.quiet_s / HOUR_S:.2f} camera hours: "
        f"{number(hourly, 2)} an hour ({number(low, 2)}..{number(high, 2)}), "
        f"{number(daily, 1)} a day ({number(daily_low, 1)}..{number(daily_high, 1)} at 95 %)"
    )
    yield (
        f"from the first act to the alarm: median {number(figures['p50_s'])} s, "
        f"95 % within {number(figures['p95_s'])} s; "
        f"before the entry: median {number(figures['lead_p50_s'])} s, least {number(figures['lead_least_s'])} s"
    )


def number(value: float | int | None, digits: int = 1) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def _takes(run: Run) -> Table:
    table = Table("recording", "events: seconds to the alarm", "false alarms", box=None, pad_edge=False)
    for score in run.scores:
        false = ", ".join(f"{alarm.kind} at {alarm.t:.1f} s" for alarm in score.false_alarms)
        table.add_row(score.take.name, ", ".join(map(_delay, score.outcomes)), false)
    return table


def _delay(outcome: Outcome) -> str:
    if outcome.delay is None:
        return f"MISSED {outcome.window.kind}"
    return f"{outcome.delay:.1f}{' late' if outcome.late else ''}"


def _conditions(run: Run) -> Table:
    table = Table("condition", "", "found", "late", "false alarms", box=None, pad_edge=False)
    before = ""
    for row in by_condition(run.scores):
        name = row.dimension if row.dimension != before else ""
        before = row.dimension
        table.add_row(name, row.label, f"{row.found}/{row.events}", str(row.late), str(row.false_alarms))
    return table


def _runs(evaluation: Evaluation) -> Table:
    table = Table("recordings", "recall", "late", "false alarms", "p50 s", "p95 s", box=None, pad_edge=False)
    for run in evaluation.runs:
        metrics, figures = run.metrics, run.metrics.as_json()
        recall = f"{metrics.found}/{metrics.events}"
        delays = number(figures["p50_s"]), number(figures["p95_s"])
        table.add_row(run.name, recall, str(metrics.late), str(metrics.false_alarms), *delays)
    return table


def _wrong(run: Run) -> Iterator[str]:
    for score in run.scores:
        name, truth = f"{run.name}: {score.take.name}", score.take.truth
        for outcome in score.outcomes:
            if outcome.alarm is None:
                window = outcome.window
                told = _told(conditions_of(truth, window))
                yield f"{name}: missed {window.kind} from {window.t_start:.1f} s ({told})"
        for alarm in score.false_alarms:
            yield f"{name}: false {alarm.kind} at {alarm.t:.1f} s ({_told(conditions_of(truth, alarm))})"


def _told(conditions: Iterator[tuple[str, str]]) -> str:
    """What the rest of the line does not say."""
    return ", ".join(label for dimension, label in conditions if dimension in _TOLD and label != "none")
