"""An evaluation as one page that needs nothing else: pictures and drawings are in it."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vigilanza.capture.clip import still
from vigilanza.capture.file import FileSource
from vigilanza.capture.ring import Recording
from vigilanza.domain.door import Polygon
from vigilanza.lab.conditions import conditions_of
from vigilanza.lab.evaluation import Evaluation
from vigilanza.lab.metrics import ALPHA, DAY_S, HOUR_S, by_condition
from vigilanza.lab.plot import HEIGHT, WIDTH, bar, found_within
from vigilanza.lab.scoring import IN_TIME_S, MERGE_S, SAME_S, Score


@dataclass(frozen=True, slots=True)
class Shot:
    """One still with what it shows; `jpeg` is base64, the outlines are those of the sealed doors."""

    t: float
    says: str
    jpeg: str
    outlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One event or false alarm; `state` is found, late, missed or false."""

    state: str
    take: str
    says: str
    conditions: str
    shots: tuple[Shot, ...]


def write_report(evaluation: Evaluation, folder: Path) -> None:
    """Write index.html and evaluation.json into an existing folder. OSError if that fails, RecordingError."""
    numbers = json.dumps(evaluation.as_json(), indent=2, ensure_ascii=False)
    (folder / "evaluation.json").write_text(numbers + "\n", encoding="utf-8")
    (folder / "index.html").write_text(render(evaluation), encoding="utf-8")


def render(evaluation: Evaluation) -> str:
    """The page."""
    views = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    first = evaluation.runs[0]
    metrics, rows = first.metrics, by_condition(first.scores)
    most = max((row.events for row in rows), default=1)
    cards = [card for score in first.scores for card in _cards(score)]
    return views.get_template("report.html").render(
        evaluation=evaluation,
        figures=metrics.as_json(),
        metrics=metrics,
        runs=[(run, run.metrics.as_json()) for run in evaluation.runs],
        hourly=metrics.false_per(HOUR_S),
        daily=metrics.false_per(DAY_S),
        curve=found_within(metrics.delays, metrics.events, IN_TIME_S) if metrics.events else None,
        size=(WIDTH, HEIGHT),
        rows=[(row, bar(row.events, row.found, row.late, most)) for row in rows],
        wrong=[card for card in cards if card.state in ("missed", "false")],
        right=[card for card in cards if card.state not in ("missed", "false")],
        alpha=ALPHA,
        limits=(IN_TIME_S, SAME_S, MERGE_S),
    )


def _cards(score: Score) -> Iterator[Card]:
    truth, video = score.take.truth, score.take.recording.video
    if not score.outcomes and not score.false_alarms:
        return
    packets = tuple(FileSource(path=video, start_at=0.0).packets(threading.Event()))
    outlines = tuple(_points(door.leaf_norm) for door in truth.doors if door.role == "sealed")

    def shot(t: float, says: str) -> Shot:
        jpeg = base64.b64encode(still(Recording(packets), t, truth.masks)).decode()
        return Shot(t, says, jpeg, outlines)

    for outcome in score.outcomes:
        window = outcome.window
        says = (
            f"{window.kind}{f' at {window.door}' if window.door else ''}, {window.t_start:.1f} to {window.t_end:.1f} s"
        )
        conditions = _told(conditions_of(truth, window))
        if outcome.alarm is None:
            middle = (window.t_start + window.t_end) / 2
            shots = shot(window.t_start, "first act"), shot(middle, "middle of the window")
            yield Card("missed", score.take.name, says, conditions, shots)
        else:
            lead = "" if outcome.lead is None else f", {_before(outcome.lead)} the entry"
            taken = shot(outcome.alarm.t, f"{outcome.alarm.kind} after {outcome.delay:.1f} s{lead}")
            yield Card("late" if outcome.late else "found", score.take.name, says, conditions, (taken,))
    for alarm in score.false_alarms:
        taken = shot(alarm.t, alarm.kind)
        says = f"{alarm.kind}{f' at {alarm.door}' if alarm.door else ''}"
        yield Card("false", score.take.name, says, _told(conditions_of(truth, alarm)), (taken,))


def _told(conditions: Iterator[tuple[str, str]]) -> str:
    return "; ".join(f"{dimension}: {label}" for dimension, label in conditions)


def _points(polygon: Polygon) -> str:
    """For an SVG of 100 x 100 units over the whole picture."""
    return " ".join(f"{100 * x:.2f},{100 * y:.2f}" for x, y in polygon)


def _before(lead: float) -> str:
    return f"{lead:.1f} s before" if lead >= 0 else f"{-lead:.1f} s after"
