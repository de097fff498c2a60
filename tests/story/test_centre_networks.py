"""Five sites in networks of their own, and their uplinks cut during break-ins: the police of each place know at once,
the centre everything soon after.

CUT_SECONDS=600 makes the cut as long as a real one, with twenty break-ins at each site.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from tests.centre import centre_file, known_of, new_key
from tests.commands import ENVIRON, Command, wait_until
from tests.peers.namespace import why_not
from tests.peers.sites_network import HUB, SitesNetwork
from tests.postgres import Postgres
from tests.samples import break_in, incident_id
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal

CUT_S = float(os.environ.get("CUT_SECONDS", "15"))
EVERY_S = max(5.0, CUT_S / 20.0)
SOON_S = 20.0
"""A city wants ten; this machine is also each of the sites."""
POLICE_PORT = 9443
DESTINATIONS = [
    Destination("centre", DestinationKind.CENTRE),
    Destination("police", DestinationKind.MUNICIPAL_VMS),
]

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")


@dataclass(frozen=True, slots=True)
class Place:
    """A site: its watch is this test, which records what it would see."""

    name: str
    journal: Journal
    police: Path

    def told(self) -> list[dict[str, Any]]:
        """What its police know, in the order of arrival."""
        lines = self.police.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def site_file(folder: Path, name: str, *, nats: str) -> Path:
    ca = folder / name / "ca.pem"
    document = {
        "site": {"id": name, "name": name},
        "cameras": [{"id": "stairs-3", "source": "rtsp://127.0.0.1:9/none"}],
        "destinations": [
            {
                "id": "centre",
                "kind": "centre",
                "channel": "centre",
                "nats": {"servers": [nats], "plain": True},
                "key_file": f"{name}.pem",
            },
            {
                "id": "police",
                "kind": "municipal_vms",
                "channel": "webhook",
                "url": f"https://localhost:{POLICE_PORT}/alerts",
                "secret_env": "CITY_SECRET",
                "ca_file": str(ca),
                "allow_loopback": True,
            },
        ],
        "storage": {"database": f"sqlite:///{name}.db", "media": f"{name}/media", "state": f"{name}/state"},
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def begin(network: SitesNetwork, name: str, folder: Path, nats: str) -> Place:
    """The police and the relay of one place, in its network."""
    mine = folder / name
    mine.mkdir()
    police = mine / "police.log"
    network.start(name, [sys.executable, "-m", "tests.police", mine, str(POLICE_PORT)], output=police)
    wait_until("the police to listen", lambda: "ready" in police.read_text("utf-8"))
    engine = open_database(f"sqlite:///{folder}/{name}.db")
    config = site_file(folder, name, nats=nats)
    network.start(
        name, [sys.executable, "-m", "vigilanza", "relay", "--config", str(config)], output=mine / "relay.log"
    )
    return Place(name, Journal(engine=engine, destinations=DESTINATIONS, clock=SystemClock(), site=name), police)


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """Of a city's centre."""
    return postgres.new_database()


def passed(due: float) -> bool:
    return SystemClock().monotonic() >= due


@pytest.fixture
def city(tmp_path: Path, engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("CITY_SECRET", ENVIRON["CITY_SECRET"])
    with ExitStack() as undoing:
        network = undoing.enter_context(SitesNetwork(5))
        server = NatsServer(tmp_path / "nats", host=HUB)
        server.start()
        undoing.callback(server.kill)
        for site in network.sites:
            new_key(tmp_path, site)
        path = centre_file(tmp_path, nats=server.url, sites=network.sites, database=database_url, plain=True)
        undoing.enter_context(Command("centre", "--config", path, folder=tmp_path))
        yield network, [begin(network, site, tmp_path, server.url) for site in network.sites]


@pytest.mark.timeout(CUT_S + 240)
def test_a_cut_uplink_delays_no_police_and_the_centre_has_it_all_soon_after(city: Any, engine: Engine) -> None:
    network, places = city
    clock, began = SystemClock(), {}
    for place in places:
        place.journal.record(break_in(f"{place.name}/before"))
    wait_until("the centre to know all five", lambda: all(len(known_of(engine, p.name).told) == 5 for p in places))
    network.cut()
    end, number = clock.monotonic() + CUT_S, 0
    while clock.monotonic() < end:
        for place in places:
            name = f"{place.name}/{number}"
            began[str(incident_id(name))] = clock.now()
            place.journal.record(break_in(name, began=clock.now()))
        number += 1
        due = min(end, clock.monotonic() + EVERY_S)
        wait_until("the next break-in", partial(passed, due))
    count = 5 + number * 5
    wait_until("the police to know all", lambda: all(len(place.told()) == count for place in places), timeout=10)
    assert all(len(known_of(engine, place.name).told) == 5 for place in places), "the uplinks were cut"
    mended = clock.monotonic()
    network.mend()
    wait_until("the first", lambda: any(len(known_of(engine, p.name).told) > 5 for p in places), timeout=60)
    back = clock.monotonic() - mended
    wait_until("the centre", lambda: all(len(known_of(engine, p.name).told) == count for p in places), timeout=60)
    took = clock.monotonic() - mended
    late = max(
        one["at"] - began[one["incident"]]
        for place in places
        for one in place.told()
        if one["sequence"] == 0 and one["incident"] in began
    )
    print(f"cut {CUT_S:.0f} s, {number} break-ins at each of 5 sites: police after {late:.2f} s at most")
    print(f"centre: the first {back:.2f} s after the cut, all {number * 25} events after {took:.2f} s")
    assert late < 5.0
    assert took < SOON_S
    for place in places:
        told = known_of(engine, place.name).told
        assert len(set(told)) == len(told)
        for name in ("before", *map(str, range(number))):
            incident = str(incident_id(f"{place.name}/{name}"))
            assert [sequence for one, sequence in told if one == incident] == [0, 1, 2, 3, 4]
