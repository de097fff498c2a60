"""Recall, false alarms and delays over a folder of recordings with truth files.

    .venv/bin/python benchmarks/detection.py tests/fixtures/videos
    .venv/bin/python benchmarks/detection.py FOLDER --fps 10

Each NAME.mp4 needs its NAME.json (format: tests/fixtures/videos/README.md). Nothing may be tuned to these recordings.
"""

import argparse
import json
import math
from functools import cache
from multiprocessing import Pool
from pathlib import Path

from vigilanza.app.registry import PEOPLE, open_people
from vigilanza.app.replay import START_AT, replay_events
from vigilanza.config import Camera, Detection
from vigilanza.domain.door import Door, Role
from vigilanza.lab.evaluate import Score, alarms_of, score


def camera_of(truth: dict[str, object], fps: float) -> Camera:
    """The camera that took a recording, with every door of its truth."""
    doors = tuple(
        Door(door["id"], Role(door["role"]), _polygon(door["leaf_norm"]), _polygon(door["zone_norm"]))
        for door in truth["doors"]  # type: ignore[attr-defined]  # JSON
    )
    return Camera(str(truth["camera"]), Path(str(truth["file"])), None, "tcp", None, fps, doors, ())


def _polygon(points: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((x, y) for x, y in points)


people_of = cache(open_people)
"""Opened once in each process."""


def evaluate(job: tuple[Path, float, Detection]) -> tuple[str, float, bool, Score]:
    """Name, length in seconds, whether an alarm is wanted, and the score of one recording."""
    path, fps, detection = job
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    events = list(replay_events(path, camera_of(truth, fps), people=people_of(detection)))
    return path.stem, float(truth["duration"]), bool(truth["positive"]), score(truth, alarms_of(events, START_AT))


def wilson(found: int, wanted: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not wanted:
        return 0.0, 1.0
    z, p = 1.96, found / wanted
    centre = (p + z * z / (2 * wanted)) / (1 + z * z / wanted)
    half = z * math.sqrt(p * (1 - p) / wanted + z * z / (4 * wanted * wanted)) / (1 + z * z / wanted)
    return max(0.0, centre - half), min(1.0, centre + half)


def main() -> None:
    """Print one line per recording and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fps", type=float, default=5.0, help="pictures analysed per second")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--people", choices=PEOPLE, default="movenet-onnx", help="who finds people")
    parser.add_argument("--model", type=Path, help="their weights")
    chosen = parser.parse_args()
    detection = Detection(chosen.people, chosen.model)
    clips = [path for path in sorted(chosen.folder.glob("*.mp4")) if path.with_suffix(".json").exists()]
    wanted = found = false = 0
    quiet_seconds = 0.0
    delays: list[float] = []
    with Pool(chosen.processes) as pool:
        for name, length, positive, result in pool.imap(evaluate, [(clip, chosen.fps, detection) for clip in clips]):
            wanted, found, false = wanted + len(result.delays), found + result.found, false + len(result.false_alarms)
            quiet_seconds += 0.0 if positive else length
            delays += [delay for delay in result.delays if delay is not None]
            wrong = ", ".join(f"{alarm.kind} at {alarm.t:.1f} s" for alarm in result.false_alarms)
            print(f"{name:55} delays {list(result.delays)!s:16} {'FALSE: ' + wrong if wrong else ''}", flush=True)
    low, high = wilson(found, wanted)
    delays.sort()
    median = delays[len(delays) // 2] if delays else math.nan
    print(f"recall {found}/{wanted} ({low:.2f}..{high:.2f} at 95 %), median delay {median:.1f} s from the first act")
    print(f"false alarms {false}; quiet recordings last {quiet_seconds / 3600:.2f} h")


if __name__ == "__main__":
    main()
