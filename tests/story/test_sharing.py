"""Boxes of one site share its cameras: what one leaves unwatched, by death or by freeze, another one watches."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.boxes import CLIP, Site
from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, children_of, wait_until
from tests.postgres import Postgres
from tests.quiet import quiet
from vigilanza.lab.line import Line
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.simcam import CameraServer

CAMERAS = ("cam-1", "cam-2")


@pytest.fixture
def cameras() -> Iterator[CameraServer]:
    with CameraServer({f"/{name}": quiet() for name in CAMERAS}, user=USER, password=CAMERA_PASSWORD) as server:
        yield server


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def site(tmp_path: Path, postgres: Postgres, nats: NatsServer, cameras: CameraServer) -> Iterator[Site]:
    site = Site(tmp_path, database_url=postgres.new_database(), nats=nats, server=cameras, cameras=CAMERAS)
    yield site
    site.close()


def status(site: Site, box: str) -> str:
    """What `vigilanza status` prints there."""
    command = [sys.executable, "-m", "vigilanza", "status", "--config", str(site.folder / box / "vigilanza.yaml")]
    return subprocess.run(command, env=ENVIRON | {"COLUMNS": "160"}, capture_output=True, text=True, check=False).stdout


def divided(site: Site) -> dict[str, str]:
    """Who watches what, once each has one camera and both know it: neither tells of the other's any more."""

    def found() -> dict[str, str]:
        holders = site.holders("a")
        return holders if sorted(holders.values()) == ["a", "b"] and site.holders("b") == holders else {}

    return wait_until("each box to hold one camera", found)


@contextmanager
def two_boxes(site: Site, **how_a: Any) -> Iterator[tuple[Command, Command, str]]:
    """Box a and box b, and the camera that a has kept, which b has never looked at; `how_a`: see Site.config."""
    with site.box("a", **how_a) as a:
        for name in CAMERAS:
            a.said(rf"camera alive\s+camera={name}")
        with site.box("b") as b:
            (kept,) = [name for name, box in divided(site).items() if box == "a"]
            assert f"camera alive camera={kept}" not in b.log
            yield a, b, kept


def test_a_box_that_joins_takes_over_a_camera_and_when_the_other_is_killed_both(site: Site) -> None:
    with site.box("a") as a:
        for name in CAMERAS:
            a.said(rf"camera alive\s+camera={name}")
        with site.box("b") as b:
            holders = divided(site)
            (moved,) = [name for name, box in holders.items() if box == "b"]
            a.said(rf"camera handed over\s+camera={moved}")
            wait_until("status to say who watches it", lambda: "watched by b" in status(site, "a"))
            wait_until("the other box to say so, too", lambda: "watched by a" in status(site, "b"))
            b.said(rf"camera taken over\s+camera={moved}")
            assert b.log.index(f"camera alive camera={moved}") < b.log.index("camera taken over"), "it looks first"
            a.kill()
            (left,) = [name for name, box in holders.items() if box == "a"]
            b.said(rf"camera claimed\s+camera={left}")
            b.said(rf"camera alive\s+camera={left}")
            assert site.holders("b") == dict.fromkeys(CAMERAS, "b")
            assert b.end() == 0
    assert site.recorded() == []


def test_a_box_that_wakes_from_a_freeze_leaves_what_others_hold_by_now(site: Site) -> None:
    with two_boxes(site) as (a, b, left):
        a.process.send_signal(signal.SIGSTOP)
        b.said(rf"camera alive\s+camera={left}")
        a.process.send_signal(signal.SIGCONT)
        a.said(rf"lease lost: another box holds the camera\s+camera={left} holder=b")
        wait_until("the shares to be fair again", lambda: sorted(site.holders("b").values()) == ["a", "b"])
        assert a.end() == b.end() == 0
    assert site.recorded() == []


def test_without_a_lease_server_all_go_on_with_what_they_have(site: Site) -> None:
    with site.box("a") as a, site.box("b") as b:
        holders = divided(site)
        for name, box in holders.items():
            (a if box == "a" else b).said(rf"camera alive\s+camera={name}")
        site.nats.kill()
        for one in (a, b):
            one.said("leases: no server answers")
        b.kill()
        with site.box("b") as again:  # it knows by itself what it held
            (mine,) = [name for name, box in holders.items() if box == "b"]
            again.said(rf"camera alive\s+camera={mine}")
            site.nats.start()
            a.said("leases: the server is back")
            again.said("leases: the server is back")
            assert divided(site) == holders
            assert again.end() == 0
        assert a.end() == 0
    assert site.recorded() == []


class Cut:
    """A line to `port` that can be broken and mended."""

    def __init__(self, port: int) -> None:
        self._port, self._broken = port, threading.Event()
        self.line = Line(port, spoil=lambda: self._spoil)

    def _spoil(self, what: bytes) -> bytes:
        if self._broken.is_set():
            raise EOFError
        return what

    def apart(self) -> None:
        self._broken.set()
        self.line.target = 9  # nobody listens there

    def together(self) -> None:
        self._broken.clear()
        self.line.target = self._port


def test_a_box_that_is_cut_off_from_the_lease_server_alone_watches_until_it_hears_better(site: Site) -> None:
    cut = Cut(site.nats.port)
    with cut.line as line, two_boxes(site, nats=f"nats://127.0.0.1:{line.port}") as (a, b, mine):
        before = len(a.log)
        cut.apart()
        b.said(rf"camera alive\s+camera={mine}")
        a.said("leases: no server answers", since=before)
        assert f"lease lost: another box holds the camera camera={mine}" not in a.log[before:]
        cut.together()
        a.said(rf"lease lost: another box holds the camera\s+camera={mine} holder=b", since=before)
        assert a.end() == b.end() == 0
    assert site.recorded() == []


def test_a_box_that_is_cut_off_from_the_cameras_alone_gives_them_to_one_that_sees_them(
    site: Site, cameras: CameraServer
) -> None:
    cut = Cut(cameras.port)
    with cut.line as line, two_boxes(site, port=line.port) as (a, b, mine):
        cut.apart()
        a.said(rf"camera lost\s+camera={mine}")
        b.said(rf"camera taken over\s+camera={mine}")
        wait_until("it to be restored", lambda: [event["kind"] for event in site.recorded()][1:] == ["restored"])
        assert a.end() == b.end() == 0
    lost, restored = site.recorded()
    assert lost["kind"] == "camera_lost"
    assert (lost["camera"], lost["incident"]) == (restored["camera"], restored["incident"])


def test_what_is_told_of_a_camera_after_another_box_took_it_over_does_not_stay_open(site: Site) -> None:
    """Its former holder had seen it lost and had not heard yet, or could not bring it sooner."""
    with site.box("a") as a:
        for name in CAMERAS:
            a.said(rf"camera alive\s+camera={name}")
        late = site.tell_lost(CAMERAS[0])
        wait_until("it to be restored", lambda: len(site.recorded()) == 2)
        assert a.end() == 0
    told = site.recorded()
    assert [(event["kind"], event["incident"]) for event in told] == [
        ("camera_lost", str(late.incident)),
        ("restored", str(late.incident)),
    ]


def test_processes_of_one_box_take_over_from_one_another(site: Site) -> None:
    with site.box("a", capacity=4, per_process=1) as a:
        for name in CAMERAS:
            a.said(rf"camera alive\s+camera={name}")
        wait_until("each process to hold one camera", lambda: len(set(site.holders("a", share=1).values())) == 2)
        holders = site.holders("a", share=1)
        (first,) = [pid for pid, line in children_of(a.process.pid).items() if "--share 1/2 " in line]
        (left,) = [name for name, holder in holders.items() if holder == "a.1"]
        before, spool = len(a.log), site.folder / "a" / "state" / "events-1.spool"
        os.kill(first, signal.SIGKILL)
        spool.unlink()
        spool.mkdir()  # a disk that gives no file: it does not come back before another has noticed
        claimed = a.said(rf"camera claimed\s+camera={left} token=\d+ former=a\.1", since=before)
        a.said(rf"camera alive\s+camera={left}", since=before + claimed.end())
        spool.rmdir()
        wait_until("each to hold one again", lambda: len(set(site.holders("a", share=2).values())) == 2)
        assert a.end() == 0
    assert site.recorded() == []


def test_an_incident_under_way_goes_on_under_its_id_at_the_box_that_takes_over(
    tmp_path: Path, postgres: Postgres, nats: NatsServer
) -> None:
    """The second box sees the scene once more from its beginning, and somebody enters."""
    clip = VIDEOS / f"{CLIP}.mp4"
    with CameraServer({"/cam": clip}, begin="first_play", user=USER, password=CAMERA_PASSWORD) as server:
        site = Site(tmp_path, database_url=postgres.new_database(), nats=nats, server=server, cameras=["cam"])
        with site.box("a", doors=True) as a:
            a.said(r"camera alive\s+camera=cam")
            with site.box("b", doors=True) as b:
                wait_until("the door to be opened", lambda: "door_opened" in told(site))
                a.kill()
                before = told(site)
                b.said(r"camera alive\s+camera=cam")
                learned = [path.name for path in (tmp_path / "b" / "state" / "learned" / "cam").glob("door-*.npz")]
                wait_until("it to go on", lambda: len(told(site)) > len(before), timeout=150.0)
                assert b.end() == 0
        recorded = site.recorded()
        site.close()
    assert learned, "what the sealed door looks like came along"
    assert len({event["incident"] for event in recorded}) == 1
    assert [event["sequence"] for event in recorded] == list(range(len(recorded)))


def told(site: Site) -> list[object]:
    """Kinds of all events about the door."""
    return [event["kind"] for event in site.recorded() if event["door"]]
