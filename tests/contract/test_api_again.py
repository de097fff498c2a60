"""A decision that is said again, because its answer was lost on the way: it counts once, and for its own person."""

from typing import TypeAlias

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.seed import Room, Scene, tampering
from tests.fakes import FakeClock
from vigilanza.web.incidents import REJECTIONS_IN_A_ROW

Verdict: TypeAlias = tuple[str, dict[str, object]]
CONFIRM: Verdict = ("confirm", {"avs": 3})
REJECT: Verdict = ("reject", {"reason": "test"})


@pytest.fixture
def scene(room: Room, clock: FakeClock) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", clock.now() - 60)
    room.journal.record(tampering(scene))
    return scene


def say(client: httpx.Client, scene: Scene, verdict: Verdict, **more: object) -> httpx.Response:
    path, body = verdict
    return client.post(f"/api/incidents/{scene.incident}/{path}", json={**body, **more})


@pytest.mark.parametrize("verdict", [CONFIRM, REJECT])
def test_the_same_said_again_is_answered_alike_and_counts_once(
    room: Room, client: httpx.Client, clock: FakeClock, scene: Scene, verdict: Verdict
) -> None:
    first = say(client, scene, verdict).json()
    clock.advance(20)
    again = say(client, scene, verdict)
    assert again.status_code == 200
    assert again.json()["decision"] == first["decision"]
    assert len(again.json()["decisions"]) == 1
    assert again.json()["deliveries"] == first["deliveries"]
    assert len(room.records("incident.confirmed") + room.records("incident.rejected")) == 1


def test_a_revision_said_again_counts_once(client: httpx.Client, clock: FakeClock, scene: Scene) -> None:
    first = say(client, scene, REJECT).json()["decision"]["id"]
    clock.advance(20)
    for _ in range(2):
        revised = say(client, scene, CONFIRM, replaces=first)
        assert revised.status_code == 200
        assert [one["avs"] for one in revised.json()["decisions"]] == [None, 3]
    clock.advance(20)
    assert say(client, scene, REJECT).status_code == 409, "what was replaced since is not said again"


def test_another_verdict_or_another_person_is_told_who_was_first(
    room: Room, clients: tuple[httpx.Client, httpx.Client], scene: Scene
) -> None:
    mine, colleagues = clients
    assert say(mine, scene, CONFIRM).status_code == 200
    lower: Verdict = ("confirm", {"avs": 2})
    for client, verdict in ((mine, REJECT), (mine, lower), (colleagues, CONFIRM)):
        refused = say(client, scene, verdict)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_decided")
    assert len(room.records("incident.confirmed")) == 1


def test_the_tenth_rejection_said_again_is_not_taken_for_an_eleventh(
    room: Room, counter: Counter, clock: FakeClock
) -> None:
    client = counter.operator()
    for number in range(REJECTIONS_IN_A_ROW):
        one = Scene("SCALA-B-P3", f"0423.B.03.{number}", clock.now() - 600)
        room.journal.record(tampering(one))
        clock.advance(1)
        assert say(client, one, REJECT).status_code == 200
    assert say(client, one, REJECT).status_code == 200
