"""A site forwards what it records through a real NATS server, and the centre has all of it, once, in order, whatever
is cut or killed on the way.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.centre import Site, all_there, centre_file, known_of, new_key
from tests.commands import Command, wait_until
from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel
from tests.samples import VMS, break_in, incident_id
from vigilanza.cluster.link import NatsLink
from vigilanza.domain.decision import Decision
from vigilanza.domain.events import Event
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.queries import Queries

SITE = "0423"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return new_key(tmp_path, SITE)


@pytest.fixture
def centre(tmp_path: Path, server: NatsServer, key: Path, database_url: str) -> Path:
    """The centre's configuration."""
    return centre_file(tmp_path, nats=server.url, sites=[SITE], database=database_url)


def in_order(told: Sequence[Event]) -> list[tuple[str, int]]:
    return [(str(event.incident), event.sequence) for event in told]


def by_incident(told: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for incident, sequence in told:
        found.setdefault(incident, []).append(sequence)
    return found


def running(centre: Path, folder: Path) -> Command:
    return Command("centre", "--config", centre, folder=folder)


def test_what_a_site_records_is_at_the_centre_under_the_sites_name(
    server: NatsServer, centre: Path, key: Path, engine: Engine, tmp_path: Path
) -> None:
    with running(centre, tmp_path), Site(tmp_path, SITE, link=NatsLink((server.url,)), key=key) as site:
        site.record(break_in("a"))
        site.decide(Decision(incident_id("a"), "anna", break_in("a")[-1].at + 60.0, avs=3))
        wait_until("the decision", lambda: known_of(engine, SITE).decided)
        assert wait_until("every receipt", lambda: site.owes() == 0)
    known = known_of(engine, SITE)
    assert known.told == in_order(break_in("a"))
    assert known.decided == [(f"{SITE}/anna", 3)]
    seen = Queries(engine).incident(incident_id("a"))
    assert seen is not None
    assert (seen.camera, seen.door) == (f"{SITE}/stairs-3", f"{SITE}/B.03.12")
    assert [event.evidence for event in seen.events] == [event.evidence for event in break_in("a")]


def test_a_cut_uplink_holds_up_nothing_at_the_site_and_nothing_is_lost_or_doubled(
    server: NatsServer, centre: Path, key: Path, engine: Engine, tmp_path: Path
) -> None:
    police = ScriptedChannel(FakeClock())
    link = NatsLink((server.url,))
    names = [f"cut-{number}" for number in range(10)]
    with running(centre, tmp_path), Site(tmp_path, SITE, link=link, key=key, others=[(VMS, police)]) as site:
        site.record(break_in("before"))
        wait_until("what came before", all_there(engine, SITE, 5))
        server.stop()
        for name in names:
            site.record(break_in(name))
        assert wait_until("the police to know all", lambda: len(police.accepted) == 55, timeout=20)
        assert len(known_of(engine, SITE).told) == 5
        server.start()
        wait_until("all of it", all_there(engine, SITE, 55), timeout=90)
        wait_until("every receipt", lambda: site.owes() == 0)
    told = known_of(engine, SITE).told
    assert len(told) == len(set(told)) == 55
    assert by_incident(told) == {str(incident_id(name)): [0, 1, 2, 3, 4] for name in ("before", *names)}


def test_centre_and_server_are_killed_and_every_event_is_there_once_in_order(
    server: NatsServer, centre: Path, key: Path, engine: Engine, tmp_path: Path
) -> None:
    names = [f"kill-{number}" for number in range(40)]
    with Site(tmp_path, SITE, link=NatsLink((server.url,)), key=key) as site:
        for name in names:
            site.record(break_in(name))
        with running(centre, tmp_path) as first:
            wait_until("a part of it", all_there(engine, SITE, 20))
            first.kill()
        with running(centre, tmp_path) as second:
            wait_until("more of it", all_there(engine, SITE, 60))
            server.kill()
            server.start()
            wait_until("still more", all_there(engine, SITE, 100))
            second.kill()
        with running(centre, tmp_path):
            wait_until("all of it", all_there(engine, SITE, 200), timeout=90)
            wait_until("every receipt", lambda: site.owes() == 0)
    told = known_of(engine, SITE).told
    assert len(told) == len(set(told)) == 200
    assert by_incident(told) == {str(incident_id(name)): [0, 1, 2, 3, 4] for name in names}


def told(folder: Path, centre: Path, *words: str) -> tuple[int, str]:
    """Exit code and words of a command about the centre."""
    with Command(
        "centre", *words, "--config", centre, folder=folder, environ=os.environ | {"COLUMNS": "300"}
    ) as command:
        code = command.process.wait(60)
        return code, command.printed + command.log


def test_who_looks_is_told_how_each_site_is(server: NatsServer, tmp_path: Path, key: Path, database_url: str) -> None:
    new_key(tmp_path, "0424")
    centre = centre_file(tmp_path, nats=server.url, sites=[SITE, "0424"], database=database_url)
    stranger = new_key(tmp_path / "stranger", SITE)
    with running(centre, tmp_path), Site(tmp_path, SITE, link=NatsLink((server.url,)), key=key) as site:
        site.record(break_in("a"))
        wait_until("every receipt", lambda: site.owes() == 0)
        with Site(tmp_path, "0424", link=NatsLink((server.url,)), key=stranger) as other:
            other.record(break_in("b", count=1))
            wait_until("it to be refused", lambda: told(tmp_path, centre, "quarantine")[0] == 1)
        code, said = told(tmp_path, centre, "status")
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("04")}
    assert code == 1
    assert re.search(r" s ago .* 5 +0 +0 +0 +0 +(-|0\.1\.0 ab12cd34ef56) +ok", lines[SITE])
    assert "1 not taken: vigilanza centre quarantine" in lines["0424"]
    code, said = told(tmp_path, centre, "quarantine")
    assert code == 1
    assert "not signed by site 0424: compare its key_file with public_key_files" in said
    (tmp_path / "0424.pub").write_bytes(stranger.with_suffix(".pub").read_bytes())
    code, said = told(tmp_path, centre, "quarantine", "--again")
    assert (code, said.strip()) == (0, "1 taken after all, 0 left")


def test_a_centre_has_no_cameras_and_says_what_to_run(server: NatsServer, centre: Path, tmp_path: Path) -> None:
    with Command("watch", "--config", centre, folder=tmp_path) as command:
        assert command.process.wait(60) == 78
        assert "there are none to watch: at a centre start vigilanza run" in command.log
