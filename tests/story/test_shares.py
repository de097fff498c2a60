"""Many cameras: several processes watch them, and what ends one of these costs its own cameras only."""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from tests.commands import CAMERA_PASSWORD, USER, Command, children_of, configuration, wait_until
from tests.quiet import quiet
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"
CAMERAS = ("cam-1", "cam-2", "cam-3")


@pytest.fixture
def cameras() -> Iterator[CameraServer]:
    with CameraServer({f"/{name}": quiet() for name in CAMERAS}, user=USER, password=CAMERA_PASSWORD) as server:
        yield server


def configured(folder: Path, server: CameraServer) -> Path:
    """Three cameras without doors, each in a process of its own."""
    path = configuration(folder, CLIP)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    (one,) = document["cameras"]
    document["cameras"] = [one | {"id": name, "source": server.url(f"/{name}"), "doors": []} for name in CAMERAS]
    document["capture"] = {"cameras_per_process": 1}
    path.write_text(json.dumps(document), encoding="utf-8")  # which is YAML too, without anchors
    return path


def process_of(watch: Command, share: str) -> int:
    """The process of one share."""

    def found() -> list[int]:
        return [pid for pid, line in children_of(watch.process.pid).items() if f"--share {share} " in line]

    return wait_until(f"share {share}", found)[0]


def events(folder: Path) -> list[tuple[str, str]]:
    """(camera, kind) of all that was recorded."""
    database = folder / "vigilanza.db"
    if not database.exists():
        return []
    with closing(sqlite3.connect(database)) as connection:
        bodies = [json.loads(body) for (body,) in connection.execute("SELECT body FROM events ORDER BY rowid")]
    return [(body["camera"], body["kind"]) for body in bodies]


def test_a_process_that_is_killed_costs_its_own_camera_and_is_started_again(
    cameras: CameraServer, tmp_path: Path
) -> None:
    with Command("watch", "--config", configured(tmp_path, cameras), folder=tmp_path) as watch:
        for name in CAMERAS:
            watch.said(rf"camera alive\s+camera={name}")
        before = {share: process_of(watch, share) for share in ("1/3", "2/3", "3/3")}
        os.kill(before["2/3"], signal.SIGKILL)
        wait_until("cam-2 to be watched again", lambda: len(re.findall(r"camera alive\s+camera=cam-2", watch.log)) == 2)
        assert process_of(watch, "2/3") != before["2/3"]
        assert {share: process_of(watch, share) for share in ("1/3", "3/3")} == {
            share: before[share] for share in ("1/3", "3/3")
        }
        assert len(re.findall(r"camera alive\s+camera=cam-1", watch.log)) == 1
        assert [line for line in children_of(watch.process.pid).values() if " finder " in line]
        assert watch.end() == 0
    assert events(tmp_path) == []


def test_a_share_that_does_not_come_back_is_recorded_as_lost_until_it_does(
    cameras: CameraServer, tmp_path: Path
) -> None:
    config = configured(tmp_path, cameras)
    with Command("watch", "--config", config, folder=tmp_path) as watch:
        watch.said(r"camera alive\s+camera=cam-2")
        spool = tmp_path / "state" / "events-2.spool"
        wait_until("the spool", spool.exists)
        os.kill(process_of(watch, "2/3"), signal.SIGKILL)
        spool.unlink()
        spool.mkdir()  # a disk that gives no file
        watch.said(r"cameras are not watched", timeout=90.0)
        wait_until("the loss to be recorded", lambda: ("cam-2", "camera_lost") in events(tmp_path))
        spool.rmdir()
        wait_until("cam-2 to be restored", lambda: ("cam-2", "restored") in events(tmp_path) or None, timeout=90.0)
        assert watch.end() == 0
    assert events(tmp_path) == [("cam-2", "camera_lost"), ("cam-2", "restored")]
