"""A watch that was stopped for a while: the cameras are not to blame."""

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import yaml

from tests.commands import CAMERA_PASSWORD, USER, Command, configuration, wait_until
from tests.videos import video
from vigilanza.clock import SystemClock
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()


def test_a_watch_that_was_stopped_raises_nothing_and_says_so(tmp_path: Path) -> None:
    with CameraServer({"/cam": video(frames=100, gop=20)}, user=USER, password=CAMERA_PASSWORD) as camera:
        config = configuration(tmp_path, "dev_pos_two_fast_kick", camera_url=camera.url("/cam"))
        document = yaml.safe_load(config.read_text(encoding="utf-8"))
        document["cameras"][0]["doors"] = []
        config.write_text(json.dumps(document), encoding="utf-8")
        with Command("watch", "--config", config, folder=tmp_path) as watch:
            watch.said(r"camera alive\s+camera=cam")
            watch.process.send_signal(signal.SIGSTOP)
            until = CLOCK.now() + 5.0
            wait_until("the time to pass", lambda: CLOCK.now() > until)
            watch.process.send_signal(signal.SIGCONT)
            watch.said("this process stood still: nothing was watched meanwhile")
            pictures = figure(tmp_path, "vigilanza_capture_frames_total")
            wait_until("pictures again", lambda: figure(tmp_path, "vigilanza_capture_frames_total") > pictures + 10.0)
            assert figure(tmp_path, "vigilanza_watch_stalls_total") == 1.0
            assert watch.end() == 0
        with closing(sqlite3.connect(tmp_path / "vigilanza.db")) as database:
            assert database.execute("SELECT count(*) FROM events").fetchone() == (0,)


def figure(folder: Path, name: str) -> float:
    """What the watch last kept of a figure; 0 before it kept any."""
    path = folder / "state" / "watch.prom"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))
