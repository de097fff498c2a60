"""`vigilanza run` at the centre of other sites: no cameras, all its parts in one, and a site more while it runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.centre import Site, centre_file, known_of, new_key
from tests.commands import Command, children_of, wait_until
from tests.samples import break_in
from vigilanza.cluster.link import NatsLink
from vigilanza.lab.nats_server import NatsServer

FIRST, SECOND = "0423", "0424"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


def test_a_centre_runs_its_parts_and_takes_a_new_site_over(server: NatsServer, tmp_path: Path, sqlite: Engine) -> None:
    link, keys = NatsLink((server.url,)), {name: new_key(tmp_path, name) for name in (FIRST, SECOND)}
    database = f"sqlite:///{tmp_path}/vigilanza.db"
    path = centre_file(tmp_path, nats=server.url, sites=[FIRST], database=database)
    with Command("run", "--config", path, folder=tmp_path) as run:
        run.said(r"configuration\s.*stage=in_force")
        assert parts(run) == {"centre", "relay", "web"}
        with Site(tmp_path / FIRST, FIRST, link=link, key=keys[FIRST]) as first:
            first.record(break_in("a"))
            wait_until("the first site's events", lambda: len(known_of(sqlite, FIRST).told) == 5)
        before = len(run.log)
        centre_file(tmp_path, nats=server.url, sites=[FIRST, SECOND], database=database)
        run.said(r"configuration\s.*stage=in_force", since=before)
        with Site(tmp_path / SECOND, SECOND, link=link, key=keys[SECOND]) as second:
            second.record(break_in("b"))
            wait_until("the second site's events", lambda: len(known_of(sqlite, SECOND).told) == 5)
        assert run.end() == 0


def parts(run: Command) -> set[str]:
    return {line.split("-m vigilanza ")[1].split()[0] for line in children_of(run.process.pid).values()}
