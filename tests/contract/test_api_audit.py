"""/api/audit over a socket: who did what, searched, exported and checked; and all of that in the chain itself."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry
from vigilanza.store.database import writing


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    for who, action, subject in (
        ("a.bianchi", "incident.viewed", str(scene.incident)),
        ("a.bianchi", "media.viewed", "m"),
        ("l_verdi", "incidents.other", "x"),
    ):
        room.audit.append(who=who, action=action, subject=subject)
    return scene


def ask(client: httpx.Client, **query: str) -> Any:
    answer = client.get("/api/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(answer: Any) -> list[tuple[str, str]]:
    return [(record["who"], record["action"]) for record in answer["records"]]


def test_records_are_found_by_who_what_about_what_and_when(room: Room, client: httpx.Client, scene: Scene) -> None:
    viewed, media = ("a.bianchi", "incident.viewed"), ("a.bianchi", "media.viewed")
    assert said(ask(client, who="a.bianchi")) == [media, viewed]
    assert said(ask(client, who="a.bianchi", action="incident")) == [viewed]
    assert said(ask(client, action="media.viewed")) == [media]
    assert said(ask(client, action="media_viewed")) == []
    assert said(ask(client, subject=str(scene.incident))) == [viewed]
    assert ask(client, to="1999-01-01T00:00")["count"] == 0
    everything = ask(client)
    assert everything["count"] == len(everything["records"]) > 8
    asked = {"who": "a.bianchi", "action": "incident"}
    searches = [one for one in room.audit.latest(99) if one.action == "audit.searched"]
    assert len(searches) == 6
    assert json.loads(searches[4].detail) == asked
    assert {one.who for one in searches} == {OPERATOR}


def test_the_export_is_a_table_and_is_in_the_chain(room: Room, client: httpx.Client, scene: Scene) -> None:
    answer = client.get("/api/audit.csv", params={"who": "a.bianchi"})
    newest, older = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (newest["action"], older["subject"]) == ("media.viewed", str(scene.incident))
    assert len(older["hash"]) == 64
    assert room.audit.latest(1)[0].action == "audit.exported"


def test_more_than_can_be_exported_is_refused_not_cut(
    client: httpx.Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigilanza.web.audit.MOST", 1)
    answer = client.get("/api/audit.csv", params={"who": "a.bianchi"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "too_many")


def test_the_check_finds_what_was_changed(room: Room, client: httpx.Client, scene: Scene) -> None:
    whole = client.post("/api/audit/check").json()
    assert whole["intact"]
    assert [(one["code"], one["state"]) for one in whole["findings"]] == [
        ("chain_intact", "holds"),
        ("no_checkpoints", "note"),
    ]
    assert room.audit.latest(1)[0].action == "audit.checked"
    with writing(room.engine) as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET subject = 'another' WHERE action = 'media.viewed'"))
    altered = client.post("/api/audit/check").json()
    assert not altered["intact"]
    assert [one["code"] for one in altered["findings"] if one["state"] == "fault"] == ["audit_altered"]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"from": "yesterday"}, "from"), ({"before": "0"}, "before"), ({"who": ""}, "who"), ({"x": "1"}, "x")],
)
def test_what_cannot_be_asked_is_refused_and_names_its_field(
    client: httpx.Client, query: dict[str, str], field: str
) -> None:
    answer = client.get("/api/audit", params=query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/audit?who=x"), ("GET", "/api/audit.csv"), ("POST", "/api/audit/check")]
)
def test_nothing_is_told_that_could_not_be_audited(room: Room, client: httpx.Client, method: str, path: str) -> None:
    with writing(room.engine) as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO gone"))
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "audit_unavailable")
