"""The whole of an evaluation, in the form other programs read it (docs/design/evaluation.md)."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vigilanza import __version__
from vigilanza.lab.conditions import conditions_of
from vigilanza.lab.metrics import Metrics, by_condition, sum_up
from vigilanza.lab.perturb import PERTURBATIONS
from vigilanza.lab.requirement import Requirement
from vigilanza.lab.scoring import Alarm, Outcome, Score
from vigilanza.lab.seal import FORMAT, SEAL, seal_of
from vigilanza.lab.truth import Truth, Window

ORIGINAL = "original"
"""The name of the run on the recordings as they are."""


@dataclass(frozen=True, slots=True)
class Run:
    """All takes, as they are or changed by the perturbation of that name."""

    name: str
    scores: tuple[Score, ...]

    @property
    def says(self) -> str:
        """What was played, in words."""
        return PERTURBATIONS[self.name].says if self.name in PERTURBATIONS else "the recordings as they are"

    @property
    def metrics(self) -> Metrics:
        """What the takes come to."""
        return sum_up(self.scores)

    def as_json(self) -> dict[str, Any]:
        """The run as JSON values."""
        return {
            "run": self.name,
            "says": self.says,
            "figures": self.metrics.as_json(),
            "conditions": [asdict(row) for row in by_condition(self.scores)],
            "takes": [_take(score) for score in self.scores],
        }


@dataclass(frozen=True, slots=True)
class Finder:
    """Who found the people: `name` as configured, and the SHA-256 of each of its files with weights, by name."""

    name: str
    models: dict[str, str]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`left_out` are main streams whose scene was played as sub stream; requirements are about the first run."""

    analysis_fps: float
    left_out: tuple[str, ...]
    runs: tuple[Run, ...]
    requirements: tuple[Requirement, ...]
    made_at: str
    """When, in ISO 8601."""
    people: Finder
    vigilanza: str = __version__

    @property
    def digest(self) -> str:
        """SHA-256 of the truth files' contents, in order: which recordings these figures are about."""
        digest = hashlib.sha256()
        for score in self.runs[0].scores:
            digest.update(score.take.recording.sha256.encode())
        return digest.hexdigest()

    @property
    def unmet(self) -> Sequence[Requirement]:
        """The requirements that the recordings as they are do not meet."""
        figures = self.runs[0].metrics.as_json()
        return [one for one in self.requirements if not one.holds(figures)]

    def as_json(self) -> dict[str, Any]:
        """The evaluation as JSON values, with a seal that shows when somebody has changed one of them by hand."""
        told = self._told()
        return told | {SEAL: seal_of(told)}

    def _told(self) -> dict[str, Any]:
        figures, unmet = self.runs[0].metrics.as_json(), self.unmet
        return {
            "format": FORMAT,
            "made_at": self.made_at,
            "vigilanza": self.vigilanza,
            "people": asdict(self.people),
            "truth_sha256": self.digest,
            "analysis_fps": self.analysis_fps,
            "left_out": list(self.left_out),
            "requirements": [
                {"requirement": str(one), "value": figures[one.metric], "met": one not in unmet}
                for one in self.requirements
            ],
            "runs": [run.as_json() for run in self.runs],
        }


def _take(score: Score) -> dict[str, Any]:
    truth = score.take.truth
    return {
        "take": score.take.name,
        "clip": truth.clip,
        "camera": truth.camera,
        "kind": truth.kind,
        "pair": truth.pair,
        "duration_s": truth.duration,
        "quiet_s": round(score.take.quiet_seconds, 3),
        "events": [_outcome(truth, outcome) for outcome in score.outcomes],
        "false_alarms": [_alarm(alarm) | {"conditions": _told(truth, alarm)} for alarm in score.false_alarms],
    }


def _outcome(truth: Truth, outcome: Outcome) -> dict[str, Any]:
    window = outcome.window
    return {
        "kind": window.kind,
        "door": window.door,
        "t_start": window.t_start,
        "t_end": window.t_end,
        "alarm": None if outcome.alarm is None else _alarm(outcome.alarm),
        "delay_s": _rounded(outcome.delay),
        "late": outcome.late,
        "lead_s": _rounded(outcome.lead),
        "conditions": _told(truth, window),
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {"t": round(alarm.t, 3), "kind": alarm.kind.value, "door": alarm.door}


def _told(truth: Truth, what: Window | Alarm) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for dimension, label in conditions_of(truth, what):
        told.setdefault(dimension, []).append(label)
    return told


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
