"""Plays recordings whose truth is known, several at a time, and scores them."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vigilanza.app.replay import START_AT, replay_events
from vigilanza.config import Camera
from vigilanza.domain.events import Event
from vigilanza.lab.evaluation import ORIGINAL
from vigilanza.lab.perturb import PERTURBATIONS, perturbed
from vigilanza.lab.scoring import Score, alarms_of, score
from vigilanza.lab.take import Take


@dataclass(frozen=True, slots=True)
class Job:
    """One take to be played and scored, as it is or changed by the perturbation of that name."""

    take: Take
    perturbation: str
    fps: float


def play(take: Take, fps: float) -> Iterator[Event]:
    """The events of a take as if a camera with the truth's doors had taken it, looked at `fps` times a second."""
    truth = take.truth
    doors, masks = truth.cameras_doors(), truth.cameras_masks()
    camera = Camera(truth.camera, take.recording.video, None, "tcp", None, fps, doors, masks)
    return replay_events(take.recording.video, camera)


def run_job(job: Job) -> Score:
    """Play and score one take. RecordingError if it cannot be read."""
    if job.perturbation == ORIGINAL:
        return score(job.take, alarms_of(list(play(job.take, job.fps)), START_AT))
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        changed = perturbed(job.take, PERTURBATIONS[job.perturbation], Path(folder))
        return score(job.take, alarms_of(list(play(changed, job.fps)), START_AT))


def run_all(jobs: Sequence[Job], processes: int, progress_on: Console) -> list[Score]:
    """The score of each job, in their order; the longest are played first. RecordingError as soon as one fails."""
    order = sorted(range(len(jobs)), key=lambda number: -jobs[number].take.truth.duration)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    scores: dict[int, Score] = {}
    workers = ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))
    with workers, Progress(*columns, console=progress_on, transient=True) as progress:
        task = progress.add_task("playing", total=len(jobs))
        running = {workers.submit(run_job, jobs[number]): number for number in order}
        try:
            for future in as_completed(running):
                scores[running[future]] = future.result()
                progress.advance(task)
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    return [scores[number] for number in range(len(jobs))]
