"""`vigilanza bench`: what watching costs on this machine, beside what people use today."""

import threading
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from vigilanza.app.heap import keep_heap
from vigilanza.app.registry import DetectorNeeds, open_detectors, open_people
from vigilanza.clock import Clock
from vigilanza.config import Detection
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.door import Door
from vigilanza.domain.errors import RecordingError
from vigilanza.domain.incident import Policy
from vigilanza.lab.bench import latency, many, memory, side_by_side
from vigilanza.lab.bench.bench import Bench, Row
from vigilanza.lab.bench.contest import Stage, Stopped
from vigilanza.lab.bench.contestant import NotMeasured
from vigilanza.lab.bench.finding import Finding
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.bench.table import Results


def make_pipeline(camera: str, doors: Sequence[Door]) -> Pipeline:
    """The pipeline of one camera as watch makes it, but that it keeps nothing on disk; people are looked for."""
    detectors = open_detectors(DetectorNeeds(_people(), None))
    return Pipeline(camera=camera, doors=doors, detectors=detectors, policy=Policy())


def _keep_heap() -> None:
    """As parts of watch do, until the process ends."""
    keep_heap(threading.Event())


@cache
def _people() -> PersonDetector:
    """One for all cameras of a process."""
    return open_people(Detection())


ROWS: Mapping[str, Row] = {
    "quiet": Row("a quiet camera, against decoding every picture", side_by_side.quiet),
    "day": Row("5 % activity, against motion", side_by_side.day),
    "busy": Row("25 % activity, against motion, which looks for no people", side_by_side.busy),
    "ring": Row("keeping a main stream, against decoding it", side_by_side.main_ring),
    "scale": Row("a camera among 64, against a camera among 8", side_by_side.scale),
    "many": Row("32 sub and 32 main streams on 2 cores", many.many),
    "latency": Row("from sending a picture to having observed it", partial(latency.latency, make=make_pipeline)),
    "memory": Row("memory over reconnections and a week", partial(memory.memory, make=make_pipeline, begin=_keep_heap)),
}
"""In the order they are measured."""


def bench(
    rows: Sequence[str], *, clips: Path, quick: bool, clock: Clock, stop: threading.Event, progress_on: Console
) -> Results:
    """Measure the rows named, all if none is. Those that are not measured when `stop` is set say so. KeyError for an
    unknown row.
    """
    chosen = {name: ROWS[name] for name in rows or ROWS}
    machine = describe_machine()
    findings = []
    for name, row in chosen.items():
        progress_on.print(f"{name}: {row.says}", highlight=False)
        with TemporaryDirectory(prefix="vigilanza-bench-", ignore_cleanup_errors=True) as folder:
            stage = Stage(clock, stop, Path(folder), lambda told: progress_on.print(f"  {told}", highlight=False))
            findings.append(_find(name, row, Bench(clips, stage, quick)))
    return Results(tuple(findings), machine, quick)


def _find(name: str, row: Row, bench: Bench) -> Finding:
    try:
        if bench.stage.stop.is_set():
            raise Stopped
        measured = row.measure(bench)
    except Stopped:
        return Finding(name, row.says, why="called off before it was")
    except (NotMeasured, RecordingError) as error:
        return Finding(name, row.says, why=str(error))
    return Finding(name, row.says, measured.figures, measured.why, measured.details)
