"""/api/workorders at a centre, for doors of its sites, and at a site that has an order of its centre."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry, furnish
from tests.fakes import FakeClock
from vigilanza.domain.door import Role
from vigilanza.domain.events import Severity
from vigilanza.domain.instruction import Answer, Outcome
from vigilanza.store.centreorders import CentreOrders
from vigilanza.store.siteorders import SiteOrders

DOOR, HOUR = "0423/B.03.12", 3600.0


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, told=["0424", "0423"])


def wanted(clock: FakeClock, **changes: object) -> dict[str, Any]:
    body = {"door": DOOR, "from": clock.now(), "to": clock.now() + HOUR, "who": "Edil, 2", "reason": "boiler"}
    return body | changes


def test_an_order_for_a_door_of_a_site_says_until_when_the_site_does_not_know(
    room: Room, client: Client, clock: FakeClock
) -> None:
    order = client.post("/api/workorders", json=wanted(clock)).json()
    assert (order["id"], order["door"], order["granted_by"]) == ("CO-0001", DOOR, OPERATOR)
    assert order["site"] == {"id": "0423", "knows": False, "why": None}
    owed = SiteOrders(engine=room.engine, clock=clock)
    owed.take(Answer("0423", "CO-0001", 1, Outcome.REFUSED, "door: there is no door"))
    listed = client.get("/api/workorders").json()
    assert listed["sites"] == ["0423", "0424"]
    assert listed["running"][0]["site"] == {"id": "0423", "knows": False, "why": "door: there is no door"}
    owed.take(Answer("0423", "CO-0001", 1, Outcome.TAKEN))
    assert client.get("/api/workorders/CO-0001").json()["site"] == {"id": "0423", "knows": True, "why": None}
    assert room.records("work_order.site_refused") == room.records("work_order.site_taken") == ["CO-0001"]
    client.post("/api/workorders/CO-0001/end").raise_for_status()
    listed = client.get("/api/workorders").json()
    assert [one["id"] for one in listed["unconfirmed"]] == ["CO-0001"], "it still runs there"
    owed.take(Answer("0423", "CO-0001", 2, Outcome.TAKEN))
    assert client.get("/api/workorders").json()["unconfirmed"] == []


@pytest.mark.parametrize(
    ("door", "said"),
    [("0999/B.03.12", "there is no site '0999'; there are 0423, 0424"), ("0423/", "is not the code of a door")],
)
def test_a_door_of_no_site_is_refused(client: Client, clock: FakeClock, door: str, said: str) -> None:
    refused = client.post("/api/workorders", json=wanted(clock, door=door))
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "door")
    assert said in refused.json()["error"]["message"]


def test_an_incident_of_a_site_shows_the_order_of_its_own_door_alone(
    room: Room, client: Client, clock: FakeClock
) -> None:
    """Another site may have an order of its own with the same id."""
    client.post("/api/workorders", json=wanted(clock, id="WO-0001")).raise_for_status()
    scenes = [Scene(f"{site}/C1", f"{site}/B.03.12", clock.now() - 60) for site in ("0423", "0424")]
    for scene in scenes:
        told = [replace(event, severity=Severity.INFO, order="WO-0001") for event in forced_entry(scene)]
        room.journal.record(told)
    shown = [client.get(f"/api/incidents/{scene.incident}").json() for scene in scenes]
    assert [[order["door"] for order in one["orders"]] for one in shown] == [[DOOR], []]


def test_an_order_of_the_centre_is_shown_as_such_and_not_ended_here(
    room: Room, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    client.post("/api/workorders", json=wanted(clock, id="far")).raise_for_status()
    [told] = SiteOrders(engine=room.engine, clock=clock).unconfirmed()
    told = replace(told, order=replace(told.order, id="CO-0007", granted_by="anna"))
    doors = {"B.03.12": Role.SEALED}
    CentreOrders(engine=room.engine, centre="centrale", doors=doors, clock=clock).take(told)
    order = client.get("/api/workorders/CO-0007").json()
    assert (order["centre"], order["granted_by"], order["site"]) == ("centrale", "centrale/anna", None)
    for act, body in (("end", None), ("extend", {"to": clock.now() + 2 * HOUR})):
        refused = client.post(f"/api/workorders/CO-0007/{act}", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "order_refused")
        assert "centrale granted it" in refused.json()["error"]["message"]
