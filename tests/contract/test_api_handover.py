"""/api/handover over a socket: one shift tells the next, and the server tells both what is open."""

from uuid import uuid4

import pytest

from tests.contract.api_client import Counter
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry, lingering
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.role import Role

NEXT = "a.bianchi"
CENTRE = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)


def test_a_note_is_written_by_one_and_taken_over_by_the_next(room: Room, counter: Counter) -> None:
    first = counter.operator()
    room.accounts.create(NEXT, PASSWORD, roles={Role.OPERATOR})
    second = counter.signed_in(NEXT)
    note = first.post("/api/handover", json={"text": "scala B:\nluce rotta"}).json()
    assert (note["text"], note["by"], note["taken_by"]) == ("scala B:\nluce rotta", OPERATOR, None)
    assert second.get("/api/handover").json() == {"limit": 200, "waiting": [note], "taken": []}
    path = f"/api/handover/{note['id']}/take"
    own = first.post(path)
    assert (own.status_code, own.json()["error"]["code"], own.json()["error"]["field"]) == (
        422,
        "handover_refused",
        "by",
    )
    taken = second.post(path).json()
    assert taken["taken_by"] == NEXT
    assert first.get("/api/handover").json() == {"limit": 200, "waiting": [], "taken": [taken]}
    again = second.post(path)
    assert (again.status_code, again.json()["error"]["field"]) == (422, "id")
    assert second.post(f"/api/handover/{uuid4()}/take").status_code == 404
    assert (len(room.records("handover.written")), len(room.records("handover.taken"))) == (1, 1)


def test_a_note_tells_which_incidents_it_is_about(room: Room, counter: Counter) -> None:
    client = counter.operator()
    scene = Scene("C2", "0423.B.03.12", room.clock.now() - 200)
    room.journal.record(forced_entry(scene))
    note = client.post("/api/handover", json={"text": "luce rotta", "about": [str(scene.incident)]}).json()
    [about] = note["about"]
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert (about["id"], about["number"], detail["handovers"]) == (str(scene.incident), detail["number"], [note])
    answer = client.post("/api/handover", json={"text": "x", "about": [str(uuid4())]})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "about")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001, "bell\a"])
def test_a_note_is_plain_text(counter: Counter, text: str) -> None:
    answer = counter.operator().post("/api/handover", json={"text": text})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "text")


def test_what_is_open_is_listed_by_itself(room: Room, counter: Counter) -> None:
    now, client = room.clock.now(), counter.operator()
    empty = client.get("/api/handover/open").json()
    assert [empty[kind] for kind in ("undecided", "unfinished", "tasks", "orders")] == [[]] * 4
    mild, grave, known = (
        Scene("C1", "0423.A.01.12", now - 300),
        Scene("C2", "0423.B.03.12", now - 200),
        Scene("C3", "0423.B.03.12", now - 100),
    )
    room.journal.record(lingering(mild))
    for scene in (grave, known):
        room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(known.incident, OPERATOR, now, avs=3))
    assert len(room.outbox.escalate(CENTRE, room.clock.now() + 31, after=30)) == 1
    room.orders.add(
        door="0423.A.01.12", starts_at=now - 1, ends_at=now + 60, who="ditta", reason="caldaia", granted_by=NEXT
    )
    client.post(f"/api/incidents/{known.incident}/steps", json={"what": "minors_present"})
    found = client.get("/api/handover/open").json()
    assert [one["id"] for one in found["undecided"]] == [str(grave.incident), str(mild.incident)]
    [unfinished] = found["unfinished"]
    assert (unfinished["id"], unfinished["last_step"]) == (str(known.incident), "minors_present")
    assert unfinished["social_task_open"]
    assert [(task["incident"], task["destination"]) for task in found["tasks"]] == [(str(known.incident), CONTROL_ROOM)]
    assert [order["door"] for order in found["orders"]] == ["0423.A.01.12"]
