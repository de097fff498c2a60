"""Rows in which vigilanza stands beside what people use today."""

from statistics import median

from vigilanza.lab.bench.bench import Bench, Measured
from vigilanza.lab.bench.contest import Comparison, Costs, Timing, at_once, in_turn
from vigilanza.lab.bench.contestant import Contestant
from vigilanza.lab.bench.finding import Figure
from vigilanza.lab.bench.ours import Watch
from vigilanza.lab.bench.peers import Ffmpeg, Motion
from vigilanza.lab.bench.workload import Day
from vigilanza.lab.bench.yard import CameraYard

QUIET_REACH, DAY_REACH, BUSY_REACH, RING_REACH, SCALE_REACH = 0.35, 0.5, 1.3, 0.08, 1.1
_FEW, _CAMERAS, _MANY = 4, 8, 64
# Contestants settle until a camera that sees nobody sleeps: half a minute after the start, longer on a busy machine.


def quiet(bench: Bench) -> Measured:
    """Nobody comes: the whole process tree against decoding every picture."""
    timing = Timing(20.0, 10.0, 2) if bench.quick else Timing(40.0, 20.0, 5)
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
    timing = Timing(20.0 if bench.quick else 40.0, period / cameras, 2 if bench.quick else 5)
    return _against(bench, Motion(), Day(share, period), timing, reach)


def _against(bench: Bench, theirs: Contestant, day: Day, timing: Timing, reach: float) -> Measured:
    scenes = bench.scenes(day)
    with CameraYard(_FEW if bench.quick else _CAMERAS, scenes) as cameras:
        found = Comparison(*at_once([Watch(), theirs], cameras, timing=timing, stage=bench.stage))
    figure = Figure(f"{Watch().name} / {theirs.name}", found.ratio, "", reach)
    costs = (cost_figure(Watch().name, found.ours), cost_figure(theirs.name, found.theirs))
    share = sum(scene.active_seconds for scene in scenes) / sum(scene.seconds for scene in scenes)
    details = {
        "cameras": len(cameras),
        "views": [scene.camera for scene in scenes],
        "active_share": share,
        "ratios": found.ratios,
        "ours": found.ours,
        "theirs": found.theirs,
    }
    return Measured((figure, *costs), details)


def main_ring(bench: Bench) -> Measured:
    """What keeping a main stream adds to watching, against decoding it; nobody comes."""
    timing = Timing(20.0, 10.0, 2) if bench.quick else Timing(40.0, 30.0, 5)
    day = Day(0.0, 20.0)
    with CameraYard(_FEW if bench.quick else _CAMERAS, bench.scenes(day), bench.scenes(day, "main")) as cameras:
        contestants: list[Contestant] = [Watch(mains=True), Watch(), Ffmpeg("main")]
        both, alone, decoding = at_once(contestants, cameras, timing=timing, stage=bench.stage)
    added = tuple(with_main - without for with_main, without in zip(both, alone, strict=True))
    found = Comparison(added, decoding)
    figures = (
        Figure(f"added by the main stream / {Ffmpeg('main').name}", found.ratio, "", RING_REACH),
        cost_figure("added by the main stream", added),
        cost_figure(Ffmpeg("main").name, decoding),
    )
    details = {"cameras": len(cameras), "ratios": found.ratios, "with": both, "without": alone, "theirs": decoding}
    return Measured(figures, details)


def scale(bench: Bench) -> Measured:
    """Many cameras on one watch against few, in turn; nobody comes."""
    timing, rounds = (Timing(20.0, 15.0, 1), 1) if bench.quick else (Timing(40.0, 20.0, 2), 3)
    with CameraYard(_MANY, bench.scenes(Day(0.0, 20.0))) as cameras:
        groups = [cameras[:_CAMERAS], cameras]
        few, many = in_turn(Watch(), groups, rounds=rounds, timing=timing, stage=bench.stage)
    found = Comparison(many, few)
    figures = (
        Figure(f"a camera among {_MANY} / among {_CAMERAS}", found.ratio, "", SCALE_REACH),
        cost_figure(f"{_MANY} cameras", many),
        cost_figure(f"{_CAMERAS} cameras", few),
    )
    return Measured(figures, {"ratios": found.ratios, "many": many, "few": few})


def cost_figure(says: str, costs: Costs) -> Figure:
    """The median."""
    return Figure(says, median(costs), "CPU s / camera minute")
