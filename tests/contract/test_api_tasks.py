"""/api/tasks: calls an operator must make."""

from uuid import uuid4

from httpx import Client

from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Destination, DestinationKind


def test_a_call_is_recorded_in_the_name_of_who_is_signed_in(room: Room, client: Client) -> None:
    assert client.get("/api/tasks").json() == {"tasks": []}
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))
    centre = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)
    [alert] = room.outbox.escalate(centre, room.clock.now() + 31, after=30)
    [task] = client.get("/api/tasks").json()["tasks"]
    assert (task["alert"], task["incident"], task["destination"]) == (str(alert), str(scene.incident), CONTROL_ROOM)
    assert client.post(f"/api/tasks/{alert}/done", json={"note": "x"}).status_code == 422
    answer = client.post(f"/api/tasks/{alert}/done", json={"note": "03:20 agente 12"})
    assert answer.json() == {"alert": str(alert), "state": "done"}
    assert client.get("/api/tasks").json() == {"tasks": []}
    assert client.post(f"/api/tasks/{alert}/done", json={"note": "03:20 agente 12"}).status_code == 404
    assert room.records("alert.telephoned") == [str(alert)]


def test_there_is_no_task_about_an_alert_that_nobody_knows(client: Client) -> None:
    answer = client.post(f"/api/tasks/{uuid4()}/done", json={"note": "03:20 agente 12"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
