"""/api/incidents/ID/holds: pictures are kept by one operator and released by two."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import Client

from tests.contract.api_client import COLLEAGUE, Counter
from tests.e2e.seed import OPERATOR, TERM_S, Room, Scene, add_pictures, camera_covered, forced_entry
from tests.fakes import FakeClock

DAY = 24 * 3600.0


@pytest.fixture
def scene(room: Room, clock: FakeClock) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", clock.now() - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    return scene


def order(clock: FakeClock, **changes: object) -> dict[str, Any]:
    return {"authority": "Procura", "protocol": "12/26", "until": clock.now() + 30 * DAY} | changes


def test_a_hold_outlives_the_term_until_two_operators_let_go(
    room: Room, counter: Counter, clients: tuple[Client, Client], scene: Scene, clock: FakeClock
) -> None:
    first, _ = clients
    path = f"/api/incidents/{scene.incident}"
    detail = first.get(path).json()
    ends = min(item["until"] for item in detail["media"])
    assert (detail["holds"], detail["pictures_until"]) == ([], pytest.approx(ends + TERM_S))
    hold = first.post(f"{path}/holds", json=order(clock)).json()
    assert (hold["placed_by"], hold["released_at"]) == (OPERATOR, None)
    clock.advance(3 * DAY)
    assert not room.retention.run_once().tried
    first, second = counter.signed_in(OPERATOR), counter.signed_in(COLLEAGUE)
    release = f"/api/holds/{hold['id']}/release"
    assert first.post(release).json()["release_asked_by"] == OPERATOR
    again = first.post(release)
    assert (again.status_code, again.json()["error"]["code"], again.json()["error"]["field"]) == (
        422,
        "hold_refused",
        "by",
    )
    assert second.post(release).json()["released_by"] == COLLEAGUE
    assert len(room.retention.run_once().deleted) == 4
    after = first.get(path).json()
    assert (after["media"], after["pictures_deleted_at"], after["pictures_until"]) == ([], clock.now(), None)
    gone = first.get(detail["media"][0]["url"])
    assert gone.status_code == 404


def test_one_alone_keeps_for_a_week_and_a_second_person_for_longer(
    room: Room, counter: Counter, clients: tuple[Client, Client], scene: Scene, clock: FakeClock
) -> None:
    first, second = clients
    path = f"/api/incidents/{scene.incident}"
    short = first.post(f"{path}/holds", json=order(clock, until=clock.now() + 7 * DAY)).json()
    assert short["lapses_at"] is None
    assert first.post(f"/api/holds/{short['id']}/confirm").json()["error"]["field"] == "id"
    held = first.post(f"{path}/holds", json=order(clock)).json()
    other = first.post(f"{path}/holds", json=order(clock, protocol="13/26")).json()
    assert held["lapses_at"] == clock.now() + 7 * DAY
    waiting = second.get("/api/handover/open").json()["holds"]
    assert {(one["id"], one["incident"]) for one in waiting} == {
        (one["id"], str(scene.incident)) for one in (held, other)
    }
    confirm = f"/api/holds/{held['id']}/confirm"
    refused = first.post(confirm)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "by")
    told = second.post(confirm).json()
    assert (told["confirmed_by"], told["lapses_at"]) == (COLLEAGUE, None)
    assert second.post(confirm).status_code == 422, "once is enough"
    assert [one["id"] for one in second.get("/api/handover/open").json()["holds"]] == [other["id"]]
    assert room.records("hold.confirmed") == [held["id"]]
    clock.advance(8 * DAY)
    again = counter.signed_in(OPERATOR)
    assert again.get("/api/handover/open").json()["holds"] == []
    assert again.post(f"/api/holds/{other['id']}/confirm").json()["error"]["field"] == "id", "it has lapsed"
    assert not room.retention.run_once().tried, "the confirmed one keeps them"
    clock.advance(23 * DAY)
    assert len(room.retention.run_once().deleted) == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"authority": " "}, "authority"),
        ({"until": 0.0}, "until"),
        ({"until": "never"}, "until"),
        ({"until": "2026-11-01T10:00"}, "until"),
        ({"until": 1e12}, "until"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    clients: tuple[Client, Client], scene: Scene, clock: FakeClock, changes: dict[str, Any], field: str
) -> None:
    answer = clients[0].post(f"/api/incidents/{scene.incident}/holds", json=order(clock, **changes))
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


def test_a_day_without_an_offset_is_the_sites(clients: tuple[Client, Client], scene: Scene, clock: FakeClock) -> None:
    answer = clients[0].post(f"/api/incidents/{scene.incident}/holds", json=order(clock, until="2026-12-24T23:59"))
    assert answer.json()["until"] == 1798153140.0, "22:59 UTC"


def test_nothing_is_held_of_what_is_not_there(clients: tuple[Client, Client], clock: FakeClock) -> None:
    assert clients[0].post(f"/api/incidents/{uuid4()}/holds", json=order(clock)).status_code == 404
    assert clients[0].post(f"/api/holds/{uuid4()}/release").status_code == 404


def test_cameras_hit_at_once_bear_one_key(room: Room, clients: tuple[Client, Client], clock: FakeClock) -> None:
    scenes = [Scene(f"C{number}", None, clock.now() - 60 + number) for number in range(3)]
    alone = Scene("C9", None, clock.now() - 600)
    for one in (*scenes, alone):
        room.journal.record(camera_covered(one))
    listed = {one["id"]: one["together"] for one in clients[0].get("/api/incidents").json()["incidents"]}
    first = str(scenes[0].incident)
    assert listed == {str(alone.incident): None} | {str(one.incident): first for one in scenes}
