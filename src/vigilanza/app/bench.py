"""`vigilanza bench`: what watching costs on this machine, beside what people use today."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from vigilanza.clock import Clock
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.bench import side_by_side
from vigilanza.lab.bench.bench import Bench, Row
from vigilanza.lab.bench.contest import Stage, Stopped
from vigilanza.lab.bench.contestant import NotMeasured
from vigilanza.lab.bench.finding import Finding
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.bench.table import Results

ROWS: Mapping[str, Row] = {
    "quiet": Row("a quiet camera, against decoding every picture", side_by_side.quiet),
    "day": Row("5 % activity, against motion", side_by_side.day),
    "busy": Row("25 % activity, against motion, which looks for no people", side_by_side.busy),
}
"""In the order they are measured."""


def bench(
    rows: Sequence[str], *, clips: Path, quick: bool, clock: Clock, stop: threading.Event, progress_on: Console
) -> Results | None:
    """Measure the rows named, all if none is; None if `stop` is set meanwhile. KeyError for an unknown row."""
    chosen = {name: ROWS[name] for name in rows or ROWS}
    machine = describe_machine()
    findings = []
    for name, row in chosen.items():
        progress_on.print(f"{name}: {row.says}", highlight=False)
        with TemporaryDirectory(prefix="vigilanza-bench-", ignore_cleanup_errors=True) as folder:
            stage = Stage(clock, stop, Path(folder), lambda told: progress_on.print(f"  {told}", highlight=False))
            try:
                findings.append(_find(name, row, Bench(clips, stage, quick)))
            except Stopped:
                return None
    return Results(tuple(findings), machine, quick)


def _find(name: str, row: Row, bench: Bench) -> Finding:
    try:
        measured = row.measure(bench)
    except (NotMeasured, RecordingError) as error:
        return Finding(name, row.says, why=str(error))
    return Finding(name, row.says, measured.figures, measured.why, measured.details)
