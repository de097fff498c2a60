"""`vigilanza evaluate`: the production path on recordings whose truth is known, and what it is worth."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import get_args

from rich.console import Console

from vigilanza.app.registry import open_people
from vigilanza.app.scoreboard import print_evaluation
from vigilanza.app.takes import Job, run_all
from vigilanza.app.weights import weights_of
from vigilanza.clock import Clock
from vigilanza.config import ANALYSIS_FPS, Detection, PeopleName
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.moment import write_moment
from vigilanza.lab.evaluation import ORIGINAL, Evaluation, Finder, Run
from vigilanza.lab.metrics import FIGURES
from vigilanza.lab.perturb import PERTURBATIONS
from vigilanza.lab.report import write_report
from vigilanza.lab.requirement import Requirement
from vigilanza.lab.take import takes_of
from vigilanza.lab.truth import one_per_camera, read_recordings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an evaluation is asked for besides the scores: who finds people, perturbed copies, conditions to meet."""

    people: Detection
    perturbations: tuple[str, ...]
    requirements: tuple[Requirement, ...]

    @staticmethod
    def parse(*, people: str, perturb: bool, perturbations: Sequence[str], requirements: Sequence[str]) -> "Wanted":
        """From the command line; `perturb` asks for all. ValueError says what is wrong and what is known."""
        if unknown := [name for name in perturbations if name not in PERTURBATIONS]:
            raise ValueError(f"no perturbation {unknown[0]!r}, there is {', '.join(PERTURBATIONS)}")
        chosen = [name for name in PERTURBATIONS if name in perturbations or (perturb and not perturbations)]
        asked = tuple(Requirement.parse(text, FIGURES) for text in requirements)
        return Wanted(finder_of(people), tuple(chosen), asked)


def evaluate(
    folder: Path,
    wanted: Wanted,
    *,
    report: Path | None,
    fps: float | None,
    processes: int,
    as_json: bool,
    console: Console,
    progress_on: Console,
    clock: Clock,
) -> int:
    """Print the scores of all recordings in `folder`; 0, or 1 if a requirement is not met.

    RecordingError if one cannot be read; ConfigError if the report cannot be written or nobody can find people so.
    """
    open_people(wanted.people)  # what is wrong with it is said before anything is played
    if report is not None:
        _make(report)
    recordings = read_recordings(folder)
    chosen = one_per_camera(recordings)
    takes = takes_of(chosen)
    names = (ORIGINAL, *wanted.perturbations)
    rate = ANALYSIS_FPS if fps is None else fps
    scores = run_all([Job(take, name, rate, wanted.people) for name in names for take in takes], processes, progress_on)
    runs = [Run(name, tuple(scores[k * len(takes) : (k + 1) * len(takes)])) for k, name in enumerate(names)]
    left_out = tuple(one.truth.clip for one in recordings if one not in chosen)
    models = {name: str(digest) for name, digest in weights_of(wanted.people).items()}
    finder = Finder(wanted.people.people, models)
    made_at = write_moment(clock.now(), UTC)
    evaluation = Evaluation(rate, left_out, tuple(runs), wanted.requirements, made_at, finder)
    if report is not None:
        write_report(evaluation, report)
    if as_json:
        text = json.dumps(evaluation.as_json(), indent=2, ensure_ascii=False)
        console.print(text, highlight=False, markup=False, soft_wrap=True)
    else:
        print_evaluation(evaluation, console)
    return 1 if evaluation.unmet else 0


def finder_of(text: str) -> Detection:
    """NAME, or NAME=FILE with the weights. ValueError if there is no such name, or it needs a file."""
    wanted, _, model = text.partition("=")
    if wanted == "ultralytics" and not model:
        raise ValueError("ultralytics brings no weights: write ultralytics=FILE")
    for name in get_args(PeopleName):
        if name == wanted:
            return Detection(name, Path(model) if model else None)
    raise ValueError(f"no {wanted!r} finds people, there is {', '.join(get_args(PeopleName))}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--report {folder}: {error.strerror}") from error
