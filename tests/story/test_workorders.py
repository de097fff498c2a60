"""`vigilanza workorder` on both databases, and a watch that learns of an order while it runs."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.commands import CAMERA_PASSWORD, ENVIRON, USER, VIDEOS, Command, configuration, wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.events import Event, Severity
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database
from vigilanza.store.queries import Queries

CLIP = "dev_neg_authorised_visit_with_work_order"
STAYS_OPEN, OPENED_AT = "dev_pos_two_fast_kick", 10.6
"""A clip whose door stays open from so many seconds on."""


def in_hours(hours: float) -> str:
    """ISO, with offset."""
    return (datetime.fromtimestamp(SystemClock().now(), UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


ADD = {
    "--door": "S",
    "--from": in_hours(0.0),
    "--to": in_hours(2.0),
    "--who": "Edil Esempio, 2 persons",
    "--reason": "boiler",
    "--granted-by": "Anna Bianchi",
}


def workorder(config: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vigilanza", "workorder", *arguments, "--config", str(config)]
    return subprocess.run(command, env=ENVIRON, capture_output=True, text=True, timeout=60, check=False)


def add(config: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    """`changes` replaces options; to= stands for --to."""
    options = ADD | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return workorder(config, "add", *(part for option in options.items() for part in option))


def listed(config: Path, *more: str) -> list[dict[str, Any]]:
    answer = workorder(config, "list", "--json", *more)
    assert (answer.returncode, answer.stderr) == (0, "")
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Path:
    """A site on an empty database of either kind."""
    path, url = configuration(tmp_path, CLIP), make_url(database_url)
    if url.get_backend_name() == "postgresql":
        where = f"postgresql:///{url.database}?host={url.query['host']}"
        text = path.read_text("utf-8").replace("sqlite:///vigilanza.db", where)
        path.write_text(text.replace("storage:", f"storage:\n  database_user: {url.username}"), "utf-8")
    return path


def test_an_order_is_granted_extended_and_ended_by_named_persons(config: Path) -> None:
    granted = add(config)
    assert (granted.returncode, granted.stdout, granted.stderr) == (0, "WO-0001\n", "")
    [order] = listed(config)
    assert (order["id"], order["state"], order["door"], order["granted_by"]) == (
        "WO-0001",
        "running",
        "S",
        "Anna Bianchi",
    )
    assert workorder(config, "extend", "WO-0001", "--to", in_hours(5.0), "--by", "Bea Verdi").returncode == 0
    assert "WO-0001" in workorder(config, "end", "WO-0001", "--by", "Carlo Neri").stdout
    assert listed(config) == []
    [past] = listed(config, "--past")
    assert [(act["by"], act["what"]) for act in past["history"]] == [
        ("Anna Bianchi", "added"),
        ("Bea Verdi", "extended"),
        ("Carlo Neri", "ended"),
    ]
    again = workorder(config, "end", "WO-0001", "--by", "Carlo Neri")
    assert (again.returncode, again.stderr) == (2, "ID: work order WO-0001 has ended, grant a new one\n")
    unknown = workorder(config, "end", "WO-7", "--by", "Carlo Neri")
    assert (unknown.returncode, unknown.stderr) == (2, "ID: no work order WO-7\n")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"door": "N0"}, "--door: N0 is not a sealed door"),
        ({"door": "attic"}, "--door: there is no door 'attic'"),
        ({"to": ADD["--from"]}, "--to: the end must be later"),
        ({"to": in_hours(24 * 14 + 1.0)}, "--to: an order runs at most 14 days"),
        ({"from": in_hours(-3.0), "to": in_hours(-2.0)}, "--to: the end is past"),
        ({"from": "tomorrow"}, "--from: 'tomorrow' is no date and time"),
        ({"who": " "}, "--who: must not be empty"),
        ({"granted_by": ""}, "--granted-by: must not be empty"),
        ({"id": "WO 1"}, "--id: an id has"),
    ],
    ids=str,
)
def test_what_cannot_be_granted_is_said_in_one_line_that_names_the_option(
    changes: dict[str, str], said: str, config: Path
) -> None:
    refused = add(config, **changes)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(said)
    assert len(refused.stderr.splitlines()) == 1


def test_a_database_that_is_away_is_said_in_one_line(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    config.write_text(config.read_text().replace("sqlite:///vigilanza.db", "postgresql://127.0.0.1:9/vigilanza"))
    away = add(config)
    assert (away.returncode, away.stdout) == (75, "")
    assert away.stderr.startswith("database: ")
    assert len(away.stderr.splitlines()) == 1


def events(config: Path) -> list[Event]:
    """All events at the sealed door."""
    engine = open_database(f"sqlite:///{config.parent / 'vigilanza.db'}")
    try:
        return [event for view in Queries(engine).incidents() for event in view.events if event.door is not None]
    finally:
        engine.dispose()


def test_a_running_watch_learns_of_an_order_and_of_its_early_end(tmp_path: Path) -> None:
    clip = {"/cam": VIDEOS / f"{STAYS_OPEN}.mp4"}
    with CameraServer(clip, begin="first_play", ending="hold", user=USER, password=CAMERA_PASSWORD) as server:
        config = configuration(tmp_path, STAYS_OPEN, camera_url=server.url("/cam"))
        with Command("watch", "--config", config, folder=tmp_path) as watch:
            began = wait_until("the first viewer", lambda: server.started_at)
            assert add(config).returncode == 0
            assert SystemClock().now() < began + OPENED_AT
            visit = wait_until("the visit in the journal", lambda: events(config))
            assert {(event.severity, event.order) for event in visit} == {(Severity.INFO, "WO-0001")}
            assert workorder(config, "end", "WO-0001", "--by", "Bea Verdi").returncode == 0
            raised = wait_until("the open door to be raised", lambda: [e for e in events(config) if e.order is None])
            assert raised[0].severity is Severity.ALARM
            assert raised[0].incident != visit[0].incident
            assert watch.end() == 0
