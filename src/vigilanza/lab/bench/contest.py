"""Contestants on the same streams in the same seconds, so that whatever else the machine does strikes all."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from vigilanza.clock import Clock
from vigilanza.lab.bench.contestant import Account, Contestant, NotMeasured, Running
from vigilanza.lab.bench.yard import Camera

_PATIENCE_S, _LOOK_S = 120.0, 0.5
_LEAST_SHARE = 0.9
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


Costs: TypeAlias = tuple[float, ...]
"""CPU seconds per camera and minute, window by window."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two cost in the same windows."""

    ours: Costs
    theirs: Costs

    @property
    def ratio(self) -> float:
        """The median of the windows' ratios."""
        return median(self.ratios)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours in parts of theirs, window by window."""
        return tuple(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))


def at_once(
    contestants: Sequence[Contestant], cameras: Sequence[Camera], *, timing: Timing, stage: Stage
) -> list[Costs]:
    """Run all at once and measure all in the same windows.

    NotMeasured if one of them is not there, ends by itself, or takes fewer pictures than were sent.
    """
    with ExitStack() as stack:
        running = [
            stack.enter_context(Running(one, cameras, stage.folder / f"contestant{number}"))
            for number, one in enumerate(contestants)
        ]
        spent = _measure(running, timing, stage)
    return list(zip(*spent, strict=True))


def in_turn(
    contestant: Contestant, groups: Sequence[Sequence[Camera]], *, rounds: int, timing: Timing, stage: Stage
) -> list[Costs]:
    """Measure it on each group of cameras, alone, one after the other, round by round; it is started afresh each time.

    NotMeasured as for `at_once`.
    """
    costs: list[list[float]] = [[] for _ in groups]
    for number in range(rounds):
        for index, cameras in enumerate(groups):
            stage.say(f"{len(cameras)} cameras")
            with Running(contestant, cameras, stage.folder / f"round{number}-{len(cameras)}") as alone:
                costs[index] += [cost for (cost,) in _measure([alone], timing, stage)]
    return [tuple(cost) for cost in costs]


def wait_for_pictures(one: Running, stage: Stage) -> None:
    """Until it has taken some of every camera, if it keeps an account. NotMeasured if it never does."""
    give_up = stage.clock.monotonic() + _PATIENCE_S
    while (account := one.pictures()) is not None:
        one.check_alive()
        missing = sorted(camera for camera, (_, count) in account.items() if not count)
        if not missing:
            return
        if stage.clock.monotonic() > give_up:
            raise NotMeasured(f"{one.contestant.name} took no picture of {missing[0]} in {_PATIENCE_S:.0f} s")
        stage.wait(_LOOK_S)


def _measure(running: Sequence[Running], timing: Timing, stage: Stage) -> list[list[float]]:
    """The windows, each with what everybody cost in it."""
    for one in running:
        wait_for_pictures(one, stage)
    stage.wait(timing.settle)
    before = [one.pictures() for one in running]
    spent = []
    for _ in range(timing.windows):
        spent.append(_window(running, timing.window, stage))
        for one in running:
            one.check_work()
        stage.say(f"{', '.join(f'{cost:.2f}' for cost in spent[-1])} CPU s a camera minute")
    for one, counted in zip(running, before, strict=True):
        _check_work(one, counted)
    return spent


def _window(all_of: Sequence[Running], seconds: float, stage: Stage) -> list[float]:
    """CPU seconds per camera and minute of each, over one window."""
    began, before = stage.clock.monotonic(), [one.meter.cpu_seconds() for one in all_of]
    stage.wait(seconds)
    after = [one.meter.cpu_seconds() for one in all_of]
    minutes = (stage.clock.monotonic() - began) / 60.0
    return [(end - start) / len(one.cameras) / minutes for one, start, end in zip(all_of, before, after, strict=True)]


def _check_work(one: Running, before: Account | None) -> None:
    after = one.pictures()
    if before is None or after is None:
        return
    fps = one.contestant.fps
    for camera, (at, count) in after.items():
        began, counted = before[camera]
        if count - counted < _LEAST_SHARE * fps * (at - began) or at <= began:
            raise NotMeasured(
                f"{one.contestant.name} did not do all the work: of {camera} it took {count - counted} pictures in "
                f"{at - began:.1f} s, of {fps * (at - began):.0f} sent. Is the machine busy?"
            )
