"""Cameras that no box of a site watches are on record as lost."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.pretended import CAMERAS, Box, Site
from vigilanza.app.unwatched import UNWATCHED_S, Unwatched
from vigilanza.config import Camera
from vigilanza.store.journal import Journal


@pytest.fixture
def journal(sqlite: Engine) -> Journal:
    return Journal(engine=sqlite, destinations=(), clock=FakeClock(), site="s")


def looks(site: Site, box: Box, journal: Journal) -> Unwatched:
    cameras = [Camera(name, "rtsp://h/x", None, "tcp", None, 5.0, (), ()) for name in CAMERAS]
    return Unwatched(box.sharing, cameras, journal, site.clock)


def lost(journal: Journal) -> list[str]:
    return [event.camera for event in journal.open_incidents() if event.kind == "camera_lost"]


def test_what_no_box_has_room_for_is_lost_after_a_while_told_once_by_one_box(tmp_path: Path, journal: Journal) -> None:
    site = Site(tmp_path)
    a, b = site.box("a", capacity=1), site.box("b", capacity=2)
    mine, others = looks(site, a, journal), looks(site, b, journal)
    site.pass_time(a, b)
    for one in (mine, others):
        one.run_once()
    assert lost(journal) == []
    site.pass_time(a, b, seconds=UNWATCHED_S)
    others.run_once()
    assert lost(journal) == [], "the first box by name tells"
    mine.run_once()
    mine.run_once()
    (left,) = lost(journal)
    assert left in set(CAMERAS) - a.held - b.held


def test_without_a_lease_server_nobody_knows_what_others_watch(tmp_path: Path, journal: Journal) -> None:
    site = Site(tmp_path)
    a = site.box("a", capacity=1)
    site.pass_time(a)
    told = looks(site, a, journal)
    told.run_once()
    site.server.away = {"a"}
    site.pass_time(a, seconds=2 * UNWATCHED_S)
    told.run_once()
    assert lost(journal) == []
