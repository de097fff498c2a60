"""A visit that the centre granted: the opening of the door at the site is recorded as info and names the order, and one
that is ended while the line is down ends when it is back.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.centre import centre_file, new_key
from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, configuration, wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.events import Event, Severity
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database
from vigilanza.store.queries import Queries
from vigilanza.store.siteorders import SiteOrders
from vigilanza.store.workorders import WorkOrders

SITE, CLIP = "0423", "dev_pos_two_fast_kick"
"""A clip whose door stays open."""


def site_file(folder: Path, *, nats: str, camera_url: str) -> Path:
    path = configuration(folder, CLIP, camera_url=camera_url)
    document = yaml.safe_load(path.read_text("utf-8"))
    document["destinations"] = [
        {
            "id": "centrale",
            "kind": "centre",
            "channel": "centre",
            "nats": {"servers": [nats]},
            "key_file": f"../{SITE}.pem",
            "public_key_files": ["../order.pub"],
        }
    ]
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def at_centre(config: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vigilanza", *arguments, "--config", str(config)]
    environ = ENVIRON | {"COLUMNS": "300"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90, check=False)


def in_hours(hours: float) -> str:
    return datetime.fromtimestamp(SystemClock().now() + hours * 3600.0, UTC).isoformat(timespec="seconds")


def known(folder: Path) -> list[str]:
    """The orders that run at the site."""
    engine = open_database(f"sqlite:///{folder}/vigilanza.db")
    try:
        clock = SystemClock()
        return [order.id for order in WorkOrders(engine=engine, clock=clock).running(clock.now())]
    finally:
        engine.dispose()


def unconfirmed(database: Path) -> bool:
    """Whether the centre still owes its site something."""
    engine = open_database(f"sqlite:///{database}")
    try:
        return bool(SiteOrders(engine=engine, clock=SystemClock()).owed())
    finally:
        engine.dispose()


def told(database: Path) -> list[Event]:
    """All events at the sealed door."""
    engine = open_database(f"sqlite:///{database}")
    try:
        return [event for view in Queries(engine).incidents() for event in view.events if event.door is not None]
    finally:
        engine.dispose()


@pytest.mark.timeout(300)  # several parts and commands, each a process
def test_a_visit_granted_at_the_centre_is_no_alarm_at_the_site(tmp_path: Path) -> None:
    server, folder = NatsServer(tmp_path / "nats"), tmp_path / "site"
    folder.mkdir()
    for name in (SITE, "order"):
        new_key(tmp_path, name)
    server.start()
    clip = {"/cam": VIDEOS / f"{CLIP}.mp4"}
    with CameraServer(clip, begin="first_play", ending="hold", user=USER, password=CAMERA_PASSWORD) as camera:
        site = site_file(folder, nats=server.url, camera_url=camera.url("/cam"))
        centre = centre_file(tmp_path, nats=server.url, sites=[SITE], database="sqlite:///centre.db", key="order.pem")
        visit = ("--from", in_hours(0.0), "--to", in_hours(2.0), "--who", "Edil", "--reason", "boiler")
        grant = ("workorder", "add", "--door", f"{SITE}/S", *visit, "--granted-by", "Anna Bianchi")
        with Command("centre", "--config", centre, folder=tmp_path):
            assert at_centre(centre, *grant).stdout == "CO-0001\n"
            assert "(site 0423 does not know it yet)" in at_centre(centre, "workorder", "list").stdout
            with Command("relay", "--config", site, folder=folder) as relay:
                wait_until("the order at the site", lambda: known(folder) == ["CO-0001"])
                with Command("watch", "--config", site, folder=folder) as watch:
                    seen = wait_until("the visit in the journal", lambda: told(folder / "vigilanza.db"))
                    assert {(event.severity, event.order) for event in seen} == {(Severity.INFO, "CO-0001")}
                    there = wait_until("the visit at the centre", lambda: told(tmp_path / "centre.db"))
                    assert {(event.door, event.order) for event in there} == {(f"{SITE}/S", "CO-0001")}
                    server.kill()
                    relay.kill()
                    assert at_centre(centre, "workorder", "end", "CO-0001", "--by", "Anna Bianchi").returncode == 0
                    assert known(folder) == ["CO-0001"]
                    server.start()
                    with Command("relay", "--config", site, folder=folder):
                        wait_until("the end at the site", lambda: known(folder) == [])
                        raised = wait_until(
                            "the open door to be raised",
                            lambda: [one for one in told(folder / "vigilanza.db") if one.order is None],
                        )
                        assert raised[0].severity is Severity.ALARM
                        wait_until("its confirmation", lambda: not unconfirmed(tmp_path / "centre.db"))
                    assert watch.end() == 0
    server.kill()
