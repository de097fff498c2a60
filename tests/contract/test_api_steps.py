"""/api/incidents/ID/steps over a socket: what was done after a confirmation."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry
from tests.fakes import FakeClock
from vigilanza.domain.role import Role

SUPERVISOR = "a.bianchi"


@pytest.fixture
def path(room: Room) -> str:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    return f"/api/incidents/{scene.incident}"


def note(client: httpx.Client, path: str, what: str, after: str | None, **more: str) -> httpx.Response:
    return client.post(f"{path}/steps", json={"what": what, "after": after, **more})


def following(answer: dict[str, Any]) -> list[str]:
    return [step["what"] for step in answer["next_steps"]]


def test_from_the_confirmation_to_the_end(room: Room, counter: Counter, path: str) -> None:
    client = counter.operator()
    before = client.get(path).json()
    assert (before["steps"], before["next_steps"], before["social_task_open"]) == ([], [], False)
    refused = note(client, path, "dispatched", None)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "incident")
    confirmed = client.post(f"{path}/confirm", json={"avs": 3}).json()
    assert following(confirmed) == ["dispatched", "dispatched_by_phone", "minors_present"]
    assert {step["what"] for step in confirmed["next_steps"] if step["note_needed"]} == {"dispatched_by_phone"}
    last = None
    for what in ("dispatched", "on_site", "minors_present", "occupied", "recovered", "resecured"):
        answer = note(client, path, what, last)
        assert answer.status_code == 200, answer.text
        last = answer.json()["steps"][-1]["id"]
    assert answer.json()["social_task_open"]
    assert following(answer.json()) == ["social_services_told"]
    told = note(client, path, "social_services_told", last, note="  dott.ssa Neri, 04:10 ").json()
    ended = note(client, path, "closed", told["steps"][-1]["id"]).json()
    assert (ended["next_steps"], ended["social_task_open"], len(ended["steps"])) == ([], False, 8)
    detail = client.get(path).json()
    assert detail["steps"] == ended["steps"]
    step = detail["steps"][-2]
    assert (step["what"], step["by"], step["note"]) == ("social_services_told", OPERATOR, "dott.ssa Neri, 04:10")
    assert len(room.records("incident.followed_up")) == 8


def test_avs_1_is_closed_with_a_reason_and_nobody_sent(clock: FakeClock, counter: Counter, path: str) -> None:
    client = counter.operator()
    confirmed = client.post(f"{path}/confirm", json={"avs": 1}).json()
    assert following(confirmed) == ["dispatched", "dispatched_by_phone", "not_dispatched", "minors_present"]
    refused = note(client, path, "not_dispatched", None)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "note")
    left = note(client, path, "not_dispatched", None, note="custode sul posto: nulla")
    ended = note(client, path, "closed", left.json()["steps"][-1]["id"])
    assert (ended.status_code, ended.json()["next_steps"]) == (200, [])
    clock.advance(60.0)
    graver = {"avs": 3, "replaces": confirmed["decision"]["id"]}
    again = client.post(f"{path}/confirm", json=graver).json()
    assert following(again) == ["dispatched", "dispatched_by_phone", "minors_present"]


def test_of_two_who_note_the_second_is_told(room: Room, counter: Counter, path: str) -> None:
    client = counter.operator()
    room.accounts.create(SUPERVISOR, PASSWORD, roles={Role.SUPERVISOR})
    other = counter.signed_in(SUPERVISOR)
    client.post(f"{path}/confirm", json={"avs": 3})
    assert note(other, path, "dispatched", None).status_code == 200
    late = note(client, path, "dispatched", None)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "step_stale")
    assert [step["by"] for step in client.get(path).json()["steps"]] == [SUPERVISOR]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"what": "on_site"}, "step_refused", "what"),
        ({"what": "dispatched_by_phone"}, "step_refused", "note"),
        ({"what": "dispatched", "note": "two\nlines"}, "step_refused", "note"),
        ({"what": "dispatched", "note": "x" * 301}, "invalid", "note"),
        ({"what": "dispatched", "note": " "}, "invalid", "note"),
        ({"what": "arrested"}, "invalid", "what"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    counter: Counter, path: str, body: dict[str, str], code: str, field: str
) -> None:
    client = counter.operator()
    client.post(f"{path}/confirm", json={"avs": 3})
    answer = client.post(f"{path}/steps", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)


def test_nothing_is_noted_of_what_is_not_there(counter: Counter) -> None:
    assert note(counter.operator(), f"/api/incidents/{uuid4()}", "dispatched", None).status_code == 404
