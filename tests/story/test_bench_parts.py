"""What the benchmark measures inside one process, with real cameras and pictures."""

import os
import threading
from pathlib import Path
from typing import cast

import pytest

from tests.commands import VIDEOS
from vigilanza.app.bench import make_pipeline
from vigilanza.clock import SystemClock
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.frame import Frame
from vigilanza.lab.bench.apart import apart
from vigilanza.lab.bench.contest import Stage, Stopped
from vigilanza.lab.bench.contestant import NotMeasured
from vigilanza.lab.bench.latency import ages
from vigilanza.lab.bench.memory import reconnects, week
from vigilanza.lab.bench.workload import Day, Scene, write_key_frames, write_scenes
from vigilanza.lab.bench.yard import CameraYard


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    return write_scenes(VIDEOS, tmp_path_factory.mktemp("scenes"), Day(0.5, 20.0))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(SystemClock(), threading.Event(), tmp_path, print)


class Noting:
    """In the place of a pipeline; remembers when its pictures were taken."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def process(self, frame: Frame) -> None:
        self.seen.append(frame.at)


def test_a_picture_is_observed_after_the_camera_sent_it(scenes: list[Scene]) -> None:
    with CameraYard(2, scenes) as cameras:
        found = ages(cameras, make_pipeline, settle=0.0, seconds=4.0)
    assert found
    assert min(found) > 0.0


def test_reconnections_are_counted_by_the_pictures_they_give(scenes: list[Scene], tmp_path: Path) -> None:
    keys = write_key_frames(scenes[0], tmp_path / "keys.mp4")
    with CameraYard(2, [keys], cut_every=0.8) as cameras:
        series = reconnects(cameras, 6)
    assert series[-1][0] >= 6.0
    assert all(size > 1_000_000 for _, size in series)


def test_a_simulated_week_has_a_visit_every_hour(scenes: list[Scene]) -> None:
    noting = Noting()
    series = week(scenes[0], scenes[0], lambda camera, doors: cast(Pipeline, noting), 7300.0)
    steps = [round(after - before, 3) for before, after in zip(noting.seen, noting.seen[1:], strict=False)]
    assert set(steps) == {2.0, 0.2}
    assert steps.count(0.2) == 2 * 30
    assert 7300.0 <= series[-1][0] < 7310.0


def test_what_runs_apart_returns_or_says_that_it_failed(stage: Stage) -> None:
    assert apart(stage, os.path.join, "a", "b") == "a/b"
    with pytest.raises(NotMeasured, match="ended with 1"):
        apart(stage, os.fspath, 3)  # type: ignore[arg-type]  # it is to fail


def test_what_runs_apart_can_be_called_off(stage: Stage) -> None:
    stage.stop.set()
    with pytest.raises(Stopped):
        apart(stage, _endless)


def _endless() -> None:
    threading.Event().wait()
