"""Many cameras: several processes watch them, and what ends one of these costs its own cameras only."""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import CAMERA_PASSWORD, USER, Command, children_of, configuration, wait_until
from tests.quiet import quiet
from vigilanza.app.standby import StandBy
from vigilanza.lab.simcam import CameraServer

CLIP = "dev_pos_two_fast_kick"
CAMERAS = ("cam-1", "cam-2", "cam-3")


@pytest.fixture
def cameras() -> Iterator[CameraServer]:
    with CameraServer({f"/{name}": quiet() for name in CAMERAS}, user=USER, password=CAMERA_PASSWORD) as server:
        yield server


def configured(folder: Path, server: CameraServer, **more: Any) -> Path:
    """Three cameras without doors, each in a process of its own; `more` parts of the document."""
    path = configuration(folder, CLIP)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    (one,) = document["cameras"]
    document["cameras"] = [one | {"id": name, "source": server.url(f"/{name}"), "doors": []} for name in CAMERAS]
    document |= {"capture": {"cameras_per_process": 1}} | more
    path.write_text(json.dumps(document), encoding="utf-8")  # which is YAML too, without anchors
    return path


def process_of(watch: Command, share: str) -> int:
    """The process of one share."""

    def found() -> list[int]:
        return [pid for pid, line in children_of(watch.process.pid).items() if f"--share {share} " in line]

    return wait_until(f"share {share}", found)[0]


def nursery_of(watch: Command) -> int:
    """The process that forks the others."""
    return next(pid for pid, line in children_of(watch.process.pid).items() if line.startswith("vigilanza nursery"))


def memory_kb(pid: int) -> dict[str, int]:
    """What the system says of a process's memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    return {name.removesuffix(":"): int(size) for name, size, _ in (line.split() for line in lines)}


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


def test_a_process_is_started_again_also_when_the_one_that_forks_them_is_gone(
    cameras: CameraServer, tmp_path: Path
) -> None:
    with Command("watch", "--config", configured(tmp_path, cameras), folder=tmp_path) as watch:
        watch.said(r"camera alive\s+camera=cam-2")
        before = {share: process_of(watch, share) for share in ("1/3", "2/3", "3/3")}
        os.kill(nursery_of(watch), signal.SIGKILL)
        os.kill(before["2/3"], signal.SIGKILL)
        watch.said(r"nursery is gone")
        wait_until("cam-2 to be watched again", lambda: len(re.findall(r"camera alive\s+camera=cam-2", watch.log)) == 2)
        assert {share: process_of(watch, share) for share in ("1/3", "3/3")} == {
            share: before[share] for share in ("1/3", "3/3")
        }
        assert watch.end() == 0
    assert events(tmp_path) == []


def test_none_goes_on_without_the_process_that_keeps_them_running(cameras: CameraServer, tmp_path: Path) -> None:
    with Command("watch", "--config", configured(tmp_path, cameras), folder=tmp_path) as watch:
        for name in CAMERAS:
            watch.said(rf"camera alive\s+camera={name}")
        others = set(children_of(watch.process.pid))
        assert len(others) == len(CAMERAS) + len(["finder", "nursery"])
        watch.kill()
        wait_until("all to end", lambda: not any(Path(f"/proc/{pid}").exists() for pid in others))


def test_what_is_wrong_with_the_configuration_ends_the_whole_when_one_of_them_finds_it(
    cameras: CameraServer, tmp_path: Path
) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"none")
    config = configured(tmp_path, cameras, detection={"model": str(model)})
    with Command("watch", "--config", config, folder=tmp_path) as watch:
        assert watch.process.wait(60) == 78
        assert "model.onnx" in watch.log
        wait_until("all to end", lambda: not children_of(watch.process.pid))


def test_the_processes_share_what_the_libraries_need_in_memory(cameras: CameraServer, tmp_path: Path) -> None:
    with Command("watch", "--config", configured(tmp_path, cameras), folder=tmp_path) as watch:
        for name in CAMERAS:
            watch.said(rf"camera alive\s+camera={name}")
        for share in ("1/3", "2/3", "3/3"):
            memory = memory_kb(process_of(watch, share))
            print(share, {name: memory[name] for name in ("Pss", "Private_Dirty", "Shared_Dirty")})
            assert memory["Shared_Dirty"] > memory["Private_Dirty"]
        assert watch.end() == 0


def test_all_of_them_stand_by_until_their_turn_has_come(
    cameras: CameraServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", CAMERA_PASSWORD)
    after = StandBy("watch", "--config", str(configured(tmp_path, cameras)))
    try:
        wait_until("it to be ready", after.is_ready)
        assert [line.split()[1] for line in children_of(after.process.pid).values()] == ["nursery"]
        after.go()
        wait_until("its processes", lambda: len(children_of(after.process.pid)) == len(CAMERAS) + 2)
        others = set(children_of(after.process.pid))
    finally:
        after.process.kill()
        after.process.wait()
        assert after.process.stdin is not None
        after.process.stdin.close()
    wait_until("all to end", lambda: not any(Path(f"/proc/{pid}").exists() for pid in others))
