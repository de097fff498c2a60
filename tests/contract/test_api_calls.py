"""/api/incidents/ID/calls over a socket: whom to telephone, what to read aloud, what was said."""

from typing import Any

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.place import CONTROL_ROOM, TELEPHONE
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.role import Role

SAID = {"spoke_with": " agente 12 ", "said": "mandano una volante"}


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    return scene


def confirm(room: Room, scene: Scene) -> None:
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))


def call(client: httpx.Client, scene: Scene, whom: str, **more: Any) -> httpx.Response:
    return client.post(f"/api/incidents/{scene.incident}/calls", json=SAID | {"whom": whom} | more)


def test_nothing_is_read_to_anybody_before_a_person_confirmed(room: Room, client: httpx.Client, scene: Scene) -> None:
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert (detail["script"], detail["callees"]) == (None, [])
    refused = call(client, scene, CONTROL_ROOM)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "incident")
    confirm(room, scene)
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert [one["id"] for one in detail["callees"]] == [CONTROL_ROOM, "emergenze", "custode"]
    assert detail["callees"][0] == {
        "id": CONTROL_ROOM,
        "name": CONTROL_ROOM,
        "telephone": TELEPHONE,
        "sends_patrol": True,
    }
    assert set(detail["script"]) == {"it", "en"}
    assert f"Numero dell'incidente: {detail['number']}." in detail["script"]["it"]
    assert f"Che cosa si è visto: {detail['sentence']['it']}." in detail["script"]["it"]
    assert "Address: Milano, via Esempio 4, stair B, floor 03, flat 12." in detail["script"]["en"]


def test_a_call_is_a_step_and_does_what_was_to_be_telephoned(room: Room, client: httpx.Client, scene: Scene) -> None:
    confirm(room, scene)
    centre = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)
    [alert] = room.outbox.escalate(centre, room.clock.now() + 31, after=30)
    other = call(client, scene, "Custode del civico 6").json()
    assert other["steps"][0]["what"] == "telephoned"
    assert len(client.get("/api/tasks").json()["tasks"]) == 1
    answer = call(client, scene, CONTROL_ROOM, after=other["steps"][0]["id"])
    assert answer.status_code == 200, answer.text
    step = answer.json()["steps"][1]
    assert (step["what"], step["by"], step["note"]) == ("dispatched_by_phone", OPERATOR, None)
    assert step["call"] == {
        "whom": CONTROL_ROOM,
        "number": TELEPHONE,
        "at": room.clock.now(),
        "spoke_with": "agente 12",
        "said": "mandano una volante",
    }
    assert [one["what"] for one in answer.json()["next_steps"]] == ["on_site", "minors_present"]
    assert client.get("/api/tasks").json()["tasks"] == []
    assert room.records("alert.telephoned") == [str(alert)]
    assert room.records("incident.followed_up") == [str(scene.incident)] * 2
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert detail["steps"] == answer.json()["steps"]


def test_a_task_that_was_telephoned_is_among_the_steps(room: Room, client: httpx.Client, scene: Scene) -> None:
    confirm(room, scene)
    centre = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)
    [alert] = room.outbox.escalate(centre, room.clock.now() + 31, after=30)
    client.post(f"/api/tasks/{alert}/done", json={"note": "03:20 agente 12"})
    [step] = client.get(f"/api/incidents/{scene.incident}").json()["steps"]
    assert (step["what"], step["note"]) == ("telephoned", f"{CONTROL_ROOM}: 03:20 agente 12")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"spoke_with": ""}, "invalid", "spoke_with"),
        ({"spoke_with": "two\nlines"}, "call_refused", "spoke_with"),
        ({"said": "x" * 301}, "invalid", "said"),
        ({"said": "nul\0"}, "invalid", "said"),
        ({"at": "yesterday"}, "invalid", "at"),
        ({"at": "1999-01-01T00:00"}, "call_refused", "at"),
        ({"more": 1}, "invalid", "more"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    room: Room, client: httpx.Client, scene: Scene, body: dict[str, Any], code: str, field: str
) -> None:
    confirm(room, scene)
    answer = call(client, scene, "custode", **body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)
    assert client.get(f"/api/incidents/{scene.incident}").json()["steps"] == []


def test_who_may_note_nothing_is_given_nothing_to_read(room: Room, counter: Counter, scene: Scene) -> None:
    confirm(room, scene)
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    detail = counter.signed_in(OPERATOR).get(f"/api/incidents/{scene.incident}").json()
    assert (detail["script"], detail["callees"], detail["handovers"]) == (None, [], [])
