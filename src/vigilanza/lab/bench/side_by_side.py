"""Rows in which vigilanza stands beside what people use today."""

from typing import Any

from vigilanza.lab.bench.bench import SUB_FPS, Bench, Measured
from vigilanza.lab.bench.contest import Comparison, Timing, compare
from vigilanza.lab.bench.contestant import Contestant
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.ours import Watch
from vigilanza.lab.bench.peers import Ffmpeg, Motion
from vigilanza.lab.bench.workload import Day, Scene
from vigilanza.lab.bench.yard import CameraYard

QUIET_REACH, DAY_REACH, BUSY_REACH = 0.35, 0.5, 1.3
_CAMERAS, _FEW = 8, 4


def quiet(bench: Bench) -> Measured:
    """Nobody comes: the whole process tree against decoding every picture."""
    timing = Timing(15.0, 10.0, 2) if bench.quick else Timing(30.0, 20.0, 5)
    return _against(bench, Ffmpeg(), Day(0.0, 20.0), timing, QUIET_REACH)


def day(bench: Bench) -> Measured:
    """People are in the picture for a twentieth of the time."""
    return _against_motion(bench, 0.05, DAY_REACH)


def busy(bench: Bench) -> Measured:
    """People are in the picture for a quarter of the time."""
    return _against_motion(bench, 0.25, BUSY_REACH)


def _against_motion(bench: Bench, share: float, reach: float) -> Measured:
    """A window is the period over the number of cameras: in every window happens the same, at another camera."""
    period = 80.0 if bench.quick else 240.0
    cameras = _FEW if bench.quick else _CAMERAS
    timing = Timing(20.0, period / cameras, 2 if bench.quick else 5)
    return _against(bench, Motion(), Day(share, period), timing, reach)


def _against(bench: Bench, theirs: Contestant, day: Day, timing: Timing, reach: float) -> Measured:
    scenes = bench.scenes(day)
    with CameraYard(_FEW if bench.quick else _CAMERAS, scenes) as cameras:
        found = compare(Watch(), theirs, cameras, fps=SUB_FPS, timing=timing, stage=bench.stage)
    figure = Figure(f"{Watch().name} / {theirs.name}", found.ratio, "", reach)
    return Measured((figure, *_costs(found, theirs.name)), _details(found, len(cameras), scenes))


def _costs(found: Comparison, theirs: str) -> tuple[Figure, ...]:
    return (
        Figure(Watch().name, found.cost[0], "CPU s / camera minute"),
        Figure(theirs, found.cost[1], "CPU s / camera minute"),
    )


def _details(found: Comparison, cameras: int, scenes: list[Scene]) -> dict[str, Any]:
    return {
        "cameras": cameras,
        "views": [scene.camera for scene in scenes],
        "active_share": sum(scene.active_seconds for scene in scenes) / sum(scene.seconds for scene in scenes),
        "ratios": found.ratios,
        "ours": found.ours,
        "theirs": found.theirs,
    }
