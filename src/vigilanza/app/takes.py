"""Plays recordings whose truth is known, several at a time, and scores them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vigilanza.app.logs import set_up_logs
from vigilanza.app.registry import open_people
from vigilanza.app.replay import START_AT, replay_events
from vigilanza.config import Camera, Detection
from vigilanza.domain.workorder import WorkOrder
from vigilanza.lab.changed_copy import write_copy
from vigilanza.lab.evaluation import ORIGINAL
from vigilanza.lab.perturb import PERTURBATIONS
from vigilanza.lab.scoring import Score, alarms_of, score
from vigilanza.lab.take import Take

AGAIN_S = 0.2
"""A worker whose command is gone is told so again after this long: the first time ends its job, the next the worker."""


@dataclass(frozen=True, slots=True)
class Job:
    """One take to be played and scored, as it is or changed by the perturbation of that name; `people` finds people."""

    take: Take
    perturbation: str
    fps: float
    people: Detection


def run_job(job: Job) -> Score:
    """Play and score one take. RecordingError if it cannot be read."""
    truth, video = job.take.truth, job.take.recording.video
    doors, masks = truth.cameras_doors(), truth.masks
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        if job.perturbation != ORIGINAL:
            how = PERTURBATIONS[job.perturbation]
            doors, masks, original, video = how.doors(doors), how.masks(masks), video, Path(folder) / "changed.mp4"
            write_copy(original, video, how)
        camera = Camera(truth.camera, video, None, "tcp", None, job.fps, doors, masks)
        people = open_people(job.people)
        events = replay_events(video, camera, people=people, orders=_orders(job.take))
        return score(job.take, alarms_of(list(events), START_AT))


def _orders(take: Take) -> tuple[WorkOrder, ...]:
    order = take.order
    if order is None:
        return ()
    return (WorkOrder(order.id, order.door, START_AT + order.t_from, START_AT + order.t_to),)


def run_all(jobs: Sequence[Job], processes: int, progress_on: Console) -> list[Score]:
    """The score of each job, in their order; the longest are played first. RecordingError as soon as one fails."""
    order = sorted(range(len(jobs)), key=lambda number: -jobs[number].take.truth.duration)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    scores: dict[int, Score] = {}
    workers = ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
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


def _begin() -> None:
    """Set up a worker: it ends with the command that it works for, in the middle of a job if need be."""
    set_up_logs("evaluate")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts with "&" ignore SIGINT
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    ended = threading.Event()
    while True:
        os.kill(os.getpid(), signal.SIGINT)
        ended.wait(AGAIN_S)
