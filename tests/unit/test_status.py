"""What `vigilanza status` says of the cameras."""

import hashlib
import io
import os
import re
from pathlib import Path
from unittest.mock import ANY

import pytest
import yaml
from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from rich.console import Console

from tests.commands import configuration
from tests.fakes import FakeClock
from vigilanza import __version__
from vigilanza.app.figures import STALE_S
from vigilanza.app.leasenote import lease_notes
from vigilanza.app.status import status
from vigilanza.app.takeovertold import ACCEPTED, tell
from vigilanza.capture.health import CameraMetrics, CaptureMetrics
from vigilanza.config import Config, load
from vigilanza.domain.edition import edition_of
from vigilanza.domain.lease import Lease, LeaseState, LeaseTable
from vigilanza.domain.takeover import Stage, Takeover

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
        return self.printed(load(configuration(self._folder, CLIP), environ={}, offline=True), kept=kept)

    def printed(self, config: Config, *, kept: bool = True) -> tuple[int, str]:
        """See told."""
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


class SharingBox(Box):
    """One of several boxes at a site, as it sees its only camera."""

    def shared(self, state: LeaseState, *, holder: str, reachable: bool = True) -> tuple[int, str]:
        """See told."""
        if state in (LeaseState.NOBODY, LeaseState.ELSEWHERE):
            self._registry = CollectorRegistry()
        Gauge("vigilanza_watch_lease_state", "?", ["camera"], registry=self._registry).labels("cam").set(state)
        path = configuration(self._folder, CLIP)
        document = yaml.safe_load(path.read_text("utf-8"))
        document["storage"]["database"] = "postgresql://db/vigilanza"
        document["sharing"] = {"box": "a", "nats": {"servers": ["nats://127.0.0.1:4222"]}}
        path.write_text(yaml.safe_dump(document), "utf-8")
        config = load(path, environ={}, offline=True)
        (note,) = lease_notes(config)
        note.keep(LeaseTable({"cam": Lease(holder, 1)}, {"a": 16, "b": 16}), reachable=reachable)
        return self.printed(config)


@pytest.mark.parametrize(
    ("state", "holder", "code", "words"),
    [
        (LeaseState.HELD, "a", 0, r"cam +ok"),
        (LeaseState.OFFERED, "a", 0, r"cam +being handed over +10\.0"),
        (LeaseState.TAKING, "b", 0, r"cam +being taken over +10\.0"),
        (LeaseState.ELSEWHERE, "b", 0, r"cam +watched by b +-"),
        (LeaseState.NOBODY, "gone", 1, r"cam +no box watches it +-"),
    ],
)
def test_where_boxes_share_cameras_it_is_said_who_watches_each(
    tmp_path: Path, state: LeaseState, holder: str, code: int, words: str
) -> None:
    said = SharingBox(tmp_path).shared(state, holder=holder)
    assert said[0] == code
    assert re.search(words, said[1])
    assert "lease server" not in said[1]


def test_a_lease_server_that_is_away_is_something_to_look_at(tmp_path: Path) -> None:
    code, printed = SharingBox(tmp_path).shared(LeaseState.HELD, holder="a", reachable=False)
    assert code == 1
    assert "no lease server answers a: no other box takes over" in printed


def test_it_says_what_runs_and_why_the_file_does_not_count(box: Box, tmp_path: Path) -> None:
    config = load(configuration(tmp_path, CLIP), environ={}, offline=True)
    former = edition_of(b"former")
    assert f"vigilanza {__version__}, configuration {edition_of(config.path.read_bytes())}\n" in box.printed(config)[1]
    (config.storage.state / ACCEPTED).write_bytes(b"former")
    assert box.printed(config) == (0, ANY)
    digest = hashlib.sha256(config.path.read_bytes()).hexdigest()
    tell(config.storage.state, Takeover(Stage.REFUSED, digest, 0.0, "watch does not stay with it"))
    code, printed = box.printed(config)
    assert code == 1
    assert f"configuration {former}; the file is {digest[:12]} by now, refused: watch does not stay with it" in printed
