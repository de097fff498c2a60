"""/api/workorders: operators grant, extend and end authorised visits, and incidents name them."""

from dataclasses import replace
from typing import Any

import pytest
from httpx import Client

from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, VMS, Room, Scene, forced_entry
from tests.fakes import FakeClock
from vigilanza.domain.events import Event, EventKind, Phase, Severity

DOOR, NEIGHBOUR = "0423.B.03.12", "0423.B.03.13"
HOUR = 3600.0


def wanted(clock: FakeClock, **changes: object) -> dict[str, Any]:
    body = {"door": DOOR, "from": clock.now(), "to": clock.now() + HOUR, "who": "Edil, 2", "reason": "boiler"}
    return body | changes


def visit(clock: FakeClock, order: str) -> list[Event]:
    """A forced entry as it is told under a work order."""
    scene = Scene("SCALA-B-P3", DOOR, clock.now() - 60)
    told = [*forced_entry(scene), scene.event(4, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, 50)]
    return [replace(event, severity=Severity.INFO, order=order) for event in told]


def test_an_operator_grants_an_order_in_the_own_name(room: Room, client: Client, clock: FakeClock) -> None:
    answer = client.post("/api/workorders", json=wanted(clock))
    assert answer.status_code == 200
    order = answer.json()
    granted = {"id": "WO-0001", "granted_by": OPERATOR, "granted_at": clock.now(), "centre": None, "site": None}
    assert order == wanted(clock) | granted
    listed = client.get("/api/workorders").json()
    assert (listed["running"], listed["planned"]) == ([order], [])
    assert DOOR in listed["doors"]
    assert NEIGHBOUR not in listed["doors"]
    assert room.records("work_order.added") == ["WO-0001"]


def test_an_order_is_extended_and_ended_in_the_own_name(room: Room, client: Client, clock: FakeClock) -> None:
    order = client.post("/api/workorders", json=wanted(clock)).json()
    longer = client.post("/api/workorders/WO-0001/extend", json={"to": order["to"] + HOUR})
    assert longer.json() == order | {"to": order["to"] + HOUR}
    clock.advance(60.0)
    assert client.post("/api/workorders/WO-0001/end").json()["to"] == clock.now()
    acts = client.get("/api/workorders/WO-0001").json()["history"]
    assert [(act["by"], act["what"]) for act in acts] == [
        (OPERATOR, "added"),
        (OPERATOR, "extended"),
        (OPERATOR, "ended"),
    ]
    again = client.post("/api/workorders/WO-0001/end")
    assert (again.status_code, again.json()["error"]["code"]) == (422, "order_refused")
    assert client.get("/api/workorders").json()["running"] == []
    assert [past["id"] for past in client.get("/api/workorders?past=true").json()["past"]] == ["WO-0001"]
    assert room.records("work_order.extended") == room.records("work_order.ended") == ["WO-0001"]


def test_times_may_be_written_as_on_the_sites_clock(client: Client, clock: FakeClock) -> None:
    # 1,795,000,000 is 2026-11-18 12:06:40 in Rome.
    order = client.post("/api/workorders", json=wanted(clock, **{"from": "2026-11-18T12:00", "to": "2026-11-18T14:00"}))
    assert (order.json()["from"], order.json()["to"]) == (clock.now() - 400.0, clock.now() + 6800.0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"door": NEIGHBOUR}, "door"),
        ({"door": "attic"}, "door"),
        ({"to": 0.0}, "to"),
        ({"to": 1e300}, "to"),
        ({"from": "noon"}, "from"),
        ({"who": " "}, "who"),
        ({"reason": ""}, "reason"),
        ({"id": "a/b"}, "id"),
    ],
    ids=str,
)
def test_what_cannot_be_granted_names_its_field(
    room: Room, client: Client, clock: FakeClock, changes: dict[str, object], field: str
) -> None:
    refused = client.post("/api/workorders", json=wanted(clock, **changes))
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "order_refused")
    assert refused.json()["error"]["field"] == field
    assert room.records("work_order.added") == []


def test_nobody_grants_in_another_name_and_unknown_orders_are_not_found(client: Client, clock: FakeClock) -> None:
    forged = client.post("/api/workorders", json=wanted(clock, granted_by="somebody else"))
    assert (forged.status_code, forged.json()["error"]["field"]) == (422, "granted_by")
    for answer in (client.get("/api/workorders/WO-9"), client.post("/api/workorders/WO-9/end")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_visit_names_its_order_waits_for_nobody_and_reaches_no_control_room(
    room: Room, client: Client, clock: FakeClock
) -> None:
    order = client.post("/api/workorders", json=wanted(clock)).json()
    room.journal.record(visit(clock, order["id"]))
    [listed] = client.get("/api/incidents").json()["incidents"]
    assert (listed["severity"], listed["order"], listed["waiting"], listed["last_alarm"]) == (
        "info",
        "WO-0001",
        False,
        None,
    )
    detail = client.get(f"/api/incidents/{listed['id']}").json()
    assert {(event["severity"], event["order"]) for event in detail["events"]} == {("info", "WO-0001")}
    assert detail["orders"] == [order]
    assert {delivery["destination"] for delivery in detail["deliveries"]} == {VMS}


def test_an_operator_may_confirm_what_an_order_covers(room: Room, client: Client, clock: FakeClock) -> None:
    """An order excuses nothing that a person sees to be otherwise."""
    room.journal.record(visit(clock, "WO-0001"))
    [listed] = client.get("/api/incidents").json()["incidents"]
    detail = client.post(f"/api/incidents/{listed['id']}/confirm", json={"avs": 4}).json()
    assert CONTROL_ROOM in {delivery["destination"] for delivery in detail["deliveries"]}


def test_an_incident_shows_what_runs_at_its_door_now(room: Room, client: Client, clock: FakeClock) -> None:
    scene = Scene("SCALA-B-P3", DOOR, clock.now() - 60)
    room.journal.record(forced_entry(scene))
    client.post("/api/workorders", json=wanted(clock))
    client.post("/api/workorders", json=wanted(clock, door="0423.A.01.12"))
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert [order["id"] for order in detail["orders"]] == ["WO-0001"]
    assert detail["order"] is None
    assert detail["waiting"] is True


def test_visits_do_not_push_what_waits_off_the_list(room: Room, clock: FakeClock) -> None:
    """On the database's side too: a page lists so many incidents only."""
    scene = Scene("SCALA-A-P1", "0423.A.01.12", clock.now() - 3 * HOUR)
    room.journal.record(forced_entry(scene)[:1])
    room.journal.record(visit(clock, "WO-0001"))
    assert [view.id for view in room.queries.incidents(1)] == [scene.incident]


def test_a_calendar_gets_what_covers_its_days(client: Client, clock: FakeClock) -> None:
    now = clock.now()  # 12:06:40 in Rome
    times = {
        "before": (now, now + HOUR),
        "over": (now + 10 * HOUR, now + 40 * HOUR),
        "later": (now + 60 * HOUR, now + 61 * HOUR),
    }
    for name, (begin, end) in times.items():
        client.post("/api/workorders", json=wanted(clock, **{"from": begin, "to": end, "id": name})).raise_for_status()
    client.post("/api/workorders", json=wanted(clock, **{"from": now + 20 * HOUR, "to": now + 21 * HOUR, "id": "off"}))
    client.post("/api/workorders/off/end").raise_for_status()
    day = {"from": "2026-11-19T00:00", "to": "2026-11-20T00:00"}
    assert [order["id"] for order in client.get("/api/workorders", params=day).json()["between"]] == ["over"]
    month = {"from": "2026-11-01T00:00", "to": "2026-12-01T00:00"}
    assert [order["id"] for order in client.get("/api/workorders", params=month).json()["between"]] == list(times)
    assert "between" not in client.get("/api/workorders").json()


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-11-01"},
        {"to": "2026-11-01"},
        {"from": "2026-11-02", "to": "2026-11-02"},
        {"from": "2026-11-02", "to": "2027-11-02"},
        {"from": "soon", "to": "2026-11-02"},
        {"from": "2026-11-02", "to": "2026-11-03", "until": "x"},
    ],
    ids=str,
)
def test_a_calendar_of_no_days_is_refused(client: Client, asked: dict[str, str]) -> None:
    answer = client.get("/api/workorders", params=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
