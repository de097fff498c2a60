"""What `vigilanza status` says of the cameras."""

import io
import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from rich.console import Console

from tests.commands import configuration
from tests.fakes import FakeClock
from vigilanza.app.figures import STALE_S
from vigilanza.app.status import status
from vigilanza.capture.health import CameraMetrics, CaptureMetrics
from vigilanza.config import load

CLIP = "dev_pos_two_fast_kick"


class Box:
    """The figures of a box whose only camera is fine, until they are changed."""

    def __init__(self, folder: Path) -> None:
        self.clock, self._folder = FakeClock(), folder
        self._registry = CollectorRegistry()
        self.camera: CameraMetrics = CaptureMetrics(self._registry).of("cam")
        self.economy = Gauge("vigilanza_watch_economy", "?", ["camera"], registry=self._registry).labels("cam")
        self.camera.alive.set(1)
        self.camera.picture.set(self.clock.now() - 1.0)
        self.camera.gop.set(2.0)
        self.camera.rate.set(10.0)
        self.camera.kilobits.set(384.0)
        self.camera.count("outages", 3)

    def told(self, *, kept: bool = True) -> tuple[int, str]:
        """Exit code and table."""
        config = load(configuration(self._folder, CLIP), environ={}, offline=True)
        config.storage.state.mkdir(exist_ok=True)
        if kept:
            path = config.storage.state / "watch.prom"
            write_to_textfile(str(path), self._registry)
            os.utime(path, (self.clock.now(), self.clock.now()))
        out = io.StringIO()
        code = status(config, clock=self.clock, console=Console(file=out, width=160))
        return code, out.getvalue()


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_camera_that_is_fine(box: Box) -> None:
    code, table = box.told()
    assert code == 0
    line = next(line for line in table.splitlines() if line.startswith("cam "))
    assert line.split() == ["cam", "ok", "10.0", "384", "2.0", "s", "key", "frames", "3", "+0.0", "s", "0", "s"]


@pytest.mark.parametrize(
    ("what", "value", "words"),
    [
        ("alive", 0.0, "lost"),
        ("gop", 30.0, "key frames too far apart"),
        ("ahead", -75.0, "clock of the camera is wrong"),
        ("picture", 1_700_000_000.0, "no new picture"),
        ("damaged", 0.06, "6% of pictures damaged"),
    ],
)
def test_what_somebody_should_look_at(box: Box, what: str, value: float, words: str) -> None:
    getattr(box.camera, what).set(value)
    code, table = box.told()
    assert code == 1
    assert words in table


def test_a_twentieth_of_damaged_pictures_is_fine(box: Box) -> None:
    box.camera.damaged.set(0.05)
    assert box.told()[0] == 0


def test_of_a_lost_camera_it_is_said_that_its_line_was_bad(box: Box) -> None:
    box.camera.damaged.set(0.9)
    box.camera.alive.set(0)
    assert "lost; 90% of pictures damaged" in box.told()[1]


def test_economy_is_said(box: Box) -> None:
    box.economy.set(2)
    code, table = box.told()
    assert code == 1
    assert "economy: key frames" in table


def test_a_watch_that_does_not_run_is_said(box: Box) -> None:
    code, table = box.told(kept=False)
    assert code == 1
    assert "not watched" in table
    box.told()
    box.clock.advance(STALE_S + 1.0)
    code, table = box.told(kept=False)
    assert code == 1
    assert "not watched" in table


def test_an_awake_camera_decodes_every_picture(box: Box) -> None:
    box.camera.awake.set(1)
    assert "every picture" in box.told()[1]
