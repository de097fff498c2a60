"""/api/incidents/ID/evidence: one operator asks, another grants, and the package goes after its pictures."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import Client

from tests.contract.api_client import COLLEAGUE, Counter
from tests.e2e.exports import KEY
from tests.e2e.seed import OPERATOR, Room, Scene, add_pictures, forced_entry
from tests.fakes import FakeClock
from tests.sealed import faults

WANTED = {"recipient": "Procura di Milano", "reason": "prot. 12/26"}


@pytest.fixture
def path(room: Room, clock: FakeClock) -> str:
    """Of an incident with pictures."""
    scene = Scene("SCALA-B-P3", "0423.B.03.12", clock.now() - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    return f"/api/incidents/{scene.incident}"


def ask(client: Client, path: str) -> dict[str, Any]:
    answer = client.post(f"{path}/evidence", json=WANTED)
    assert answer.status_code == 200
    return dict(answer.json())


def test_one_asks_another_grants_and_each_step_is_written_before_it_is_shown(
    room: Room, clients: tuple[Client, Client], path: str, tmp_path: Path
) -> None:
    first, second = clients
    asked = ask(first, path)
    assert (asked["asked_by"], asked["granted_by"], asked["package"]) == (OPERATOR, None, None)
    grant = f"/api/exports/{asked['id']}/grant"
    alone = first.post(grant)
    assert (alone.status_code, alone.json()["error"]["code"], alone.json()["error"]["field"]) == (
        422,
        "export_refused",
        "by",
    )
    granted = second.post(grant).json()
    assert (granted["granted_by"], granted["held"], granted["pictures_gone"]) == (COLLEAGUE, False, 0)
    (listed,) = first.get(path).json()["exports"]
    assert listed["package"] == granted["package"]
    fetched = first.get(listed["package"]["url"])
    assert listed["package"]["file"] in fetched.headers["content-disposition"]
    package = tmp_path / "fetched.zip"
    package.write_bytes(fetched.content)
    assert faults(package, KEY.public) == []
    done = [(record.who, record.action) for record in room.audit.latest(100) if record.action.startswith("export.")]
    assert done == [
        (OPERATOR, "export.fetched"),
        (COLLEAGUE, "export.granted_and_sealed"),
        (OPERATOR, "export.asked"),
    ]
    assert json.loads(room.audit.latest(1)[0].detail)["sha256"] == granted["package"]["sha256"]
    assert second.post(grant).status_code == 422, "once"


def test_a_package_goes_with_its_pictures(room: Room, counter: Counter, path: str, clock: FakeClock) -> None:
    clock.advance(23 * 3600.0)
    first, second = counter.operator(), counter.colleague()
    granted = second.post(f"/api/exports/{ask(first, path)['id']}/grant").json()
    assert room.exports.tidy() == 0
    clock.advance(2 * 3600.0)
    assert room.retention.run_once().deleted
    assert room.exports.tidy() == 1
    first = counter.signed_in(OPERATOR)
    answer = first.get(granted["package"]["url"])
    assert (answer.status_code, "ask for the export anew" in answer.json()["error"]["message"]) == (404, True)
    (listed,) = first.get(path).json()["exports"]
    assert listed["package"]["url"] is None
    assert room.records("export.file_deleted") == [granted["id"]]


def test_a_package_goes_after_a_day_whatever_is_held(
    room: Room, clients: tuple[Client, Client], path: str, clock: FakeClock
) -> None:
    first, second = clients
    order = {"authority": "Procura", "protocol": "12/26", "until": clock.now() + 30 * 24 * 3600.0}
    assert first.post(f"{path}/holds", json=order).status_code == 200
    assert second.post(f"/api/exports/{ask(first, path)['id']}/grant").json()["held"]
    clock.advance(24 * 3600.0 + 1)
    assert not room.retention.run_once().tried
    assert room.exports.tidy() == 1


@pytest.mark.parametrize("changes", [{"recipient": " "}, {"reason": ""}, {"reason": "a\nb"}, {"recipient": "x" * 201}])
def test_what_cannot_be_is_refused_with_the_field(
    clients: tuple[Client, Client], path: str, changes: dict[str, str]
) -> None:
    answer = clients[0].post(f"{path}/evidence", json=WANTED | changes)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, next(iter(changes)))


def test_nothing_is_exported_of_what_is_not_there(clients: tuple[Client, Client]) -> None:
    first, _ = clients
    assert first.post(f"/api/incidents/{uuid4()}/evidence", json=WANTED).status_code == 404
    assert first.post(f"/api/exports/{uuid4()}/grant").status_code == 404
    for number in ("1", "0", "99999999999999999999"):
        assert first.get(f"/api/packages/{number}/file").status_code == 404
