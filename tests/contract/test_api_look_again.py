"""After ten rejections of one camera the next takes a second look."""

from httpx import Client

from tests.e2e.seed import Room, Scene, forced_entry
from vigilanza.web.incidents import REJECTIONS_IN_A_ROW

CAMERA = "SCALA-B-P3"


def told(room: Room, number: int, camera: str = CAMERA) -> str:
    scene = Scene(camera, f"0423.B.03.{number}", room.clock.now() - 1000 + number)
    room.journal.record(forced_entry(scene))
    return str(scene.incident)


def reject(client: Client, incident: str, **more: bool) -> tuple[int, str]:
    answer = client.post(f"/api/incidents/{incident}/reject", json={"reason": "resident", **more})
    return answer.status_code, answer.json().get("error", {}).get("code", "")


def looks_again(client: Client, incident: str) -> bool:
    return bool(client.get(f"/api/incidents/{incident}").json()["look_again"])


def test_the_eleventh_in_a_row_is_not_rejected_by_habit(room: Room, client: Client) -> None:
    incidents = [told(room, number) for number in range(REJECTIONS_IN_A_ROW + 2)]
    for incident in incidents[:REJECTIONS_IN_A_ROW]:
        assert not looks_again(client, incident)
        assert reject(client, incident) == (200, "")
    eleventh, twelfth = incidents[REJECTIONS_IN_A_ROW:]
    assert looks_again(client, eleventh)
    assert reject(client, eleventh) == (409, "look_again")
    assert reject(client, eleventh, looked_again=True) == (200, "")
    assert client.post(f"/api/incidents/{twelfth}/confirm", json={"avs": 3}).status_code == 200
    assert not looks_again(client, told(room, 50))


def test_rejections_of_other_cameras_do_not_count(room: Room, client: Client) -> None:
    for number in range(REJECTIONS_IN_A_ROW):
        reject(client, told(room, number, "SCALA-A-P1"))
    assert not looks_again(client, told(room, 50))
