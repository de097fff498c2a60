"""What each cue is worth: the evaluation again and again, each time with one kind of fact left out.

    python benchmarks/ablation.py FOLDER [--people movenet-openvino] [--processes 2] [--report FILE]

FOLDER holds recordings with truth files, see docs/design/evaluation.md. A row says what is lost without the cue; in the
first row nothing is left out.
"""

import argparse
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from vigilanza.app import replay
from vigilanza.app.evaluate import finder_of
from vigilanza.app.registry import DetectorNeeds, open_detectors
from vigilanza.app.takes import Job, run_job
from vigilanza.config import ANALYSIS_FPS, Detection
from vigilanza.detect.detector import Context, Detector
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation
from vigilanza.lab.evaluation import ORIGINAL
from vigilanza.lab.metrics import sum_up
from vigilanza.lab.scoring import Score
from vigilanza.lab.take import takes_of
from vigilanza.lab.truth import one_per_camera, read_recordings

CUES: Mapping[str, frozenset[Fact]] = {
    "nothing": frozenset(),
    "hands on the leaf": frozenset({Fact.HAND_ON_LEAF}),
    "work on the leaf": frozenset({Fact.WORKS_ON_LEAF}),
    "crouching at it": frozenset({Fact.CROUCHES_AT_LEAF}),
    "straining at it": frozenset({Fact.STRAINS_AT_LEAF}),
    "shaken leaf": frozenset({Fact.LEAF_SHAKEN}),
    "partly changed leaf": frozenset({Fact.LEAF_PARTLY_CHANGED}),
    "leaf ajar": frozenset({Fact.LEAF_AJAR}),
    "seal gone": frozenset({Fact.SEAL_GONE}),
    "changed leaf": frozenset({Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN}),
    "went in": frozenset({Fact.WENT_IN}),
    "came out": frozenset({Fact.CAME_OUT}),
    "covered view": frozenset({Fact.VIEW_COVERED}),
    "moved view": frozenset({Fact.VIEW_MOVED}),
    "defocused view": frozenset({Fact.VIEW_DEFOCUSED}),
    "dark view": frozenset({Fact.VIEW_DARK}),
}


@dataclass(frozen=True, slots=True)
class Deaf:
    """A Detector that does not say some things; the ones after it do not hear of them either."""

    inner: Detector
    unsaid: frozenset[Fact]

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        return [seen for seen in self.inner.observe(frame, context) if seen.kind not in self.unsaid]


def leave_out(unsaid: frozenset[Fact]) -> None:
    """In this process, from now on."""

    def detectors(needs: DetectorNeeds) -> dict[str, Detector]:
        return {name: Deaf(one, unsaid) for name, one in open_detectors(needs).items()}

    replay.open_detectors = detectors  # type: ignore[attr-defined]  # a name that module imports


def scores(jobs: Sequence[Job], unsaid: frozenset[Fact], processes: int) -> list[Score]:
    """Of every recording without what is `unsaid`."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, initializer=leave_out, initargs=(unsaid,)) as workers:
        return list(workers.map(run_job, jobs))


def rows(folder: Path, people: Detection, processes: int) -> Iterator[str]:
    """Markdown, a line as soon as it is known."""
    jobs = [Job(take, ORIGINAL, ANALYSIS_FPS, people) for take in takes_of(one_per_camera(read_recordings(folder)))]
    yield "| left out | found | late | false alarms | p50 | p95 | missed |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    for name, unsaid in CUES.items():
        found = scores(jobs, unsaid, processes)
        told = sum_up(found).as_json()
        missed = {one.take.name for one in found if any(outcome.alarm is None for outcome in one.outcomes)}
        counts = f"{told['found']} of {told['events']} | {told['late']} | {told['false_alarms']}"
        counts += f" | {told['p50_s']} s | {told['p95_s']} s"
        yield f"| {name} | {counts} | {', '.join(sorted(missed)) or 'none'} |"


def main() -> None:
    """Print the table, and write it if asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", default="movenet-onnx", help="as for `vigilanza evaluate`")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--report", type=Path, help="file that gets the table")
    chosen = parser.parse_args()
    table = []
    for row in rows(chosen.folder, finder_of(chosen.people), chosen.processes):
        print(row, flush=True)
        table.append(row)
    if chosen.report is not None:
        chosen.report.write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
