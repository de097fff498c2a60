"""The page of a centre shows what the sites told, each under its site's name, and takes decisions about it."""

from pathlib import Path

import pytest
from httpx import Client

from tests.centre import new_key
from tests.e2e.seed import Room
from tests.fakes import FakeClock
from tests.samples import break_in, incident_id
from tests.sender import Sender
from vigilanza.cluster.reception import Reception
from vigilanza.domain.decision import Decision
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.quarantine import Quarantine


@pytest.fixture
def reception(tmp_path: Path, room: Room, clock: FakeClock) -> Reception:
    keys = {site: [PublicKey.read(new_key(tmp_path, site).with_suffix(".pub").read_bytes())] for site in ("a", "b")}
    arrivals = Arrivals(engine=room.engine, journal=room.journal, clock=clock)
    return Reception(keys=keys, arrivals=arrivals, quarantine=Quarantine(room.engine), clock=clock)


def test_incidents_of_all_sites_are_in_one_list_and_can_be_decided(
    tmp_path: Path, room: Room, reception: Reception, client: Client
) -> None:
    for site in ("a", "b"):
        sender = Sender(tmp_path / f"{site}.pem", site)
        reception.take_dispatches([sender.event(event) for event in break_in(f"at {site}", count=3)])
    listed = client.get("/api/incidents").json()["incidents"]
    assert {(one["camera"], one["door"], one["waiting"]) for one in listed} == {
        ("a/stairs-3", "a/B.03.12", True),
        ("b/stairs-3", "b/B.03.12", True),
    }
    path = f"/api/incidents/{incident_id('at a')}"
    shown = client.get(path).json()
    assert "a/B.03.12" in shown["sentence"]["en"]
    assert client.post(f"{path}/confirm", json={"avs": 3}).json()["decision"]["avs"] == 3
    room.journal.decide(Decision(incident_id("at b"), "b/anna", break_in("at b")[2].at + 60.0, avs=2))
    decided = {one["camera"]: one["decision"]["operator"] for one in client.get("/api/incidents").json()["incidents"]}
    assert decided["b/stairs-3"] == "b/anna"
