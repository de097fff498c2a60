"""How long each PersonDetector that is installed takes for one look, and whether they find the same people.

    python benchmarks/people.py FOLDER [--model ultralytics=FILE]

FOLDER holds NAME.mp4. Every picture is shown to all of them in turn, so that a busy machine slows all alike: trust the
ratios. The first one listed is what the others are compared with.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median

from vigilanza.app.registry import PEOPLE, open_people
from vigilanza.app.replay import frames_of
from vigilanza.config import Camera, Detection
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pose import Pose
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.frame import Frame

SAME = 0.5
"""Intersection over union from which two boxes show the same person."""


@dataclass(slots=True)
class Tally:
    """What one of them did: milliseconds of the clock and of the processor for each look, and whom it found."""

    clock_ms: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    found: int = 0
    common: int = 0


def pictures(folder: Path, every_s: float) -> Iterator[Frame]:
    """Pictures of all recordings, `every_s` seconds apart."""
    for clip in sorted(folder.glob("*.mp4")):
        camera = Camera(clip.stem, clip, None, "tcp", None, 5.0, (), ())
        yield from islice(frames_of(clip, camera), 0, None, max(1, round(every_s * camera.analysis_fps)))


def look(people: PersonDetector, frame: Frame, tally: Tally) -> list[Pose]:
    """One look, timed."""
    clock, processor = time.perf_counter(), time.process_time()
    poses = people.find(frame, (0, 0, *frame.size_px))
    tally.clock_ms.append((time.perf_counter() - clock) * 1e3)
    tally.processor_ms.append((time.process_time() - processor) * 1e3)
    tally.found += len(poses)
    return poses


def common(some: list[Pose], others: list[Pose]) -> int:
    """How many are in both."""
    left = list(others)
    count = 0
    for pose in some:
        nearest = max(left, key=lambda other: overlap(pose, other), default=None)
        if nearest is not None and overlap(pose, nearest) > SAME:
            left.remove(nearest)
            count += 1
    return count


def overlap(one: Pose, other: Pose) -> float:
    """Intersection over union of their boxes."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = sum((pose.box[2] - pose.box[0]) * (pose.box[3] - pose.box[1]) for pose in (one, other))
    return shared / (areas - shared)


def installed(models: dict[str, Path]) -> dict[str, PersonDetector]:
    """Those that can be opened; the others are told."""
    found: dict[str, PersonDetector] = {}
    for name in PEOPLE:
        try:
            found[name] = open_people(Detection(name, models.get(name)))  # type: ignore[arg-type]  # a name of PEOPLE
        except ConfigError as error:
            print(f"left out: {error}")
        except Exception as error:  # noqa: BLE001 - named, and the others go on
            print(f"left out: {name}: {error}")
    return found


def main() -> None:
    """Print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="append", default=[], metavar="NAME=FILE", help="weights for one of them")
    parser.add_argument("--every", type=float, default=2.0, help="seconds from picture to picture")
    chosen = parser.parse_args()
    people = installed({name: Path(path) for name, _, path in (one.partition("=") for one in chosen.model)})
    tallies = {name: Tally() for name in people}
    for frame in pictures(chosen.folder, chosen.every):
        poses = {name: look(one, frame, tallies[name]) for name, one in people.items()}
        first = next(iter(poses.values()))
        for name, found in poses.items():
            tallies[name].common += common(first, found)
    first_tally = next(iter(tallies.values()))
    clock, processor = median(first_tally.clock_ms), median(first_tally.processor_ms)
    print(f"{len(first_tally.clock_ms)} pictures; medians of one look; ratios to {next(iter(tallies))}")
    for name, tally in tallies.items():
        took, used = median(tally.clock_ms), median(tally.processor_ms)
        print(
            f"{name:17} {took:6.1f} ms ({took / clock:4.2f} x)  processor {used:6.1f} ms ({used / processor:4.2f} x)  "
            f"found {tally.found}, of them {tally.common} as the first, which found {first_tally.found}"
        )


if __name__ == "__main__":
    main()
