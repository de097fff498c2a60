"""Two contestants on the same streams in the same seconds, so that whatever else the machine does strikes both."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from vigilanza.clock import Clock
from vigilanza.lab.bench.contestant import Contestant, NotMeasured, Running
from vigilanza.lab.bench.yard import Camera

_LEAST_SHARE = 0.95
"""Of the pictures sent: a contestant that takes fewer does not do the work it is compared by."""


class Stopped(Exception):
    """The measurement was called off."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long to let contestants settle, how long a window is; and how many windows are measured."""

    settle: float
    window: float
    windows: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What contests need: time, an event that calls them off, a folder to work in, somebody to tell."""

    clock: Clock
    stop: threading.Event
    folder: Path
    say: Callable[[str], None]

    def wait(self, seconds: float) -> None:
        """Stopped if called off meanwhile."""
        if self.clock.wait(seconds, self.stop):
            raise Stopped


@dataclass(frozen=True, slots=True)
class Comparison:
    """CPU seconds per camera and minute of each window, ours and theirs."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the windows' ratios."""
        return median(self.ratios)

    @property
    def cost(self) -> tuple[float, float]:
        """The medians, ours and theirs."""
        return median(self.ours), median(self.theirs)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours in parts of theirs, window by window."""
        return tuple(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))


def compare(
    ours: Contestant,
    theirs: Contestant,
    cameras: Sequence[Camera],
    *,
    fps: float,
    timing: Timing,
    stage: Stage,
) -> Comparison:
    """Run both at once and measure both in the same windows. `fps` is what the analysed streams send.

    NotMeasured if one of them is not there, ends by itself, or takes fewer pictures than were sent.
    """
    with (
        Running(ours, cameras, stage.folder / "ours") as first,
        Running(theirs, cameras, stage.folder / "theirs") as second,
    ):
        stage.wait(timing.settle)
        before = [one.pictures() for one in (first, second)]
        began = stage.clock.monotonic()
        spent = []
        for _ in range(timing.windows):
            mine, other = _window((first, second), timing.window, stage)
            stage.say(f"{mine:.2f} and {other:.2f} CPU s a camera minute: {mine / other:.2f}")
            spent.append((mine, other))
        for one, counted in zip((first, second), before, strict=True):
            _check_work(one, counted, fps, stage.clock.monotonic() - began)
    return Comparison(tuple(mine for mine, _ in spent), tuple(other for _, other in spent))


def in_turn(
    contestant: Contestant, groups: Sequence[Sequence[Camera]], *, timing: Timing, stage: Stage
) -> list[tuple[float, ...]]:
    """CPU seconds per camera and minute on each group of cameras, each alone, one after the other, round by round.

    A round starts the contestant afresh on each group. NotMeasured as for `compare`.
    """
    costs: list[list[float]] = [[] for _ in groups]
    for number in range(timing.windows):
        for index, cameras in enumerate(groups):
            with Running(contestant, cameras, stage.folder / f"round{number}-{len(cameras)}") as alone:
                stage.wait(timing.settle)
                costs[index] += _window((alone,), timing.window, stage)
            stage.say(f"{contestant.name} on {len(cameras)} cameras: {costs[index][-1]:.2f} CPU s a camera minute")
    return [tuple(cost) for cost in costs]


def _window(all_of: Sequence[Running], seconds: float, stage: Stage) -> list[float]:
    """CPU seconds per camera and minute of each, over one window."""
    began, before = stage.clock.monotonic(), [one.meter.cpu_seconds() for one in all_of]
    stage.wait(seconds)
    after = [one.meter.cpu_seconds() for one in all_of]
    minutes = (stage.clock.monotonic() - began) / 60.0
    return [(end - start) / len(one.cameras) / minutes for one, start, end in zip(all_of, before, after, strict=True)]


def _check_work(one: Running, before: dict[str, int] | None, fps: float, seconds: float) -> None:
    """Accounts are renewed every few seconds, so each camera is granted those."""
    after = one.pictures()
    if before is None or after is None:
        return
    granted_s = 6.0
    least = _LEAST_SHARE * fps * (seconds - granted_s)
    for camera, count in after.items():
        if count - before[camera] < least:
            raise NotMeasured(
                f"{one.contestant.name} took {count - before[camera]} pictures of {camera} in {seconds:.0f} s, "
                f"of {fps * seconds:.0f} sent"
            )
