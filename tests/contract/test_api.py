"""The web API's answers: incidents, decisions, deliveries, media."""

from uuid import UUID, uuid4

import pytest
from httpx import Client

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, VMS, Room, Scene, add_pictures, forced_entry, lingering
from tests.fakes import FakeClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.store.audit import AuditChain
from vigilanza.store.viewings import WINDOW_SECONDS


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    return scene


def test_list_tells_what_the_operator_needs(room: Room, client: Client, scene: Scene) -> None:
    answer = client.get("/api/incidents").json()
    assert answer["now"] == room.clock.now()
    assert answer["cameras_blind"] == []
    [incident] = answer["incidents"]
    assert incident["id"] == str(scene.incident)
    assert (incident["door"], incident["camera"]) == (scene.door, scene.camera)
    assert (incident["severity"], incident["phase"], incident["kind"]) == ("critical", "entered", "entry")
    assert incident["first_entry_at"] == scene.began + 26
    assert incident["flagrance_until"] == scene.began + 26 + 48 * 3600
    assert incident["waiting"] is True
    assert incident["deliveries"]["pending"] == 4
    assert room.records("incident.viewed") == []


def test_headline_is_the_gravest_thing_not_the_last(room: Room, client: Client, scene: Scene) -> None:
    closing = scene.event(4, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, 50)
    room.journal.record([closing])
    [incident] = client.get("/api/incidents").json()["incidents"]
    assert (incident["kind"], incident["phase"]) == ("entry", "closed")
    assert incident["closed_at"] == closing.at


def test_detail_has_evidence_in_words_of_both_languages(client: Client, scene: Scene) -> None:
    detail = client.get(f"/api/incidents/{scene.incident}").json()
    assert [event["kind"] for event in detail["events"]] == ["loitering", "tampering", "door_opened", "entry"]
    hands = detail["events"][1]["evidence"][1]
    assert hands["text"] == {"it": "mani sull'anta per 11 s", "en": "hands on the leaf for 11 s"}
    assert {delivery["destination"] for delivery in detail["deliveries"]} == {VMS}


def test_decision_counts_and_owes_alerts(room: Room, client: Client, scene: Scene) -> None:
    answer = client.post(f"/api/incidents/{scene.incident}/confirm", json={"avs": 3})
    assert answer.status_code == 200
    assert answer.json()["decision"] | {"id": None} == {
        "id": None,
        "operator": OPERATOR,
        "at": room.clock.now(),
        "avs": 3,
        "reason": None,
        "overtaken": False,
    }
    assert "centrale-operativa" in {delivery["destination"] for delivery in answer.json()["deliveries"]}
    assert room.records("incident.confirmed") == [str(scene.incident)]


def test_second_decision_must_name_the_one_it_replaces(client: Client, clock: FakeClock, scene: Scene) -> None:
    reject = f"/api/incidents/{scene.incident}/reject"
    first = client.post(reject, json={"reason": "test"}).json()["decision"]["id"]
    clock.advance(5)
    refused = client.post(f"/api/incidents/{scene.incident}/confirm", json={"avs": 2})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_decided")
    wrong = client.post(reject, json={"reason": "other", "replaces": str(uuid4())})
    assert wrong.status_code == 409
    second = client.post(f"/api/incidents/{scene.incident}/confirm", json={"avs": 2, "replaces": first})
    assert second.status_code == 200
    assert [decision["avs"] for decision in second.json()["decisions"]] == [None, 2]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("incidents/{id}/confirm", {"avs": 0}, "avs"),
        ("incidents/{id}/confirm", {"avs": 5}, "avs"),
        ("incidents/{id}/confirm", {"avs": "3 "}, "avs"),
        ("incidents/{id}/confirm", {}, "avs"),
        ("incidents/{id}/confirm", {"avs": 3, "operator": "somebody"}, "operator"),
        ("incidents/{id}/confirm", {"avs": 3, "replaces": "x"}, "replaces"),
        ("incidents/{id}/reject", {"reason": "bored"}, "reason"),
        ("incidents/{id}/reject", {"avs": 1}, "reason"),
        ("deliveries/{id}/requeue", None, "body"),
        ("deliveries/{id}/requeue", {}, "why"),
        ("deliveries/{id}/requeue", {"why": "  "}, "why"),
        ("deliveries/{id}/write-off", {"why": "  "}, "why"),
        ("deliveries/{id}/write-off", {"why": "x" * 501}, "why"),
        ("login", {"name": "a"}, "password"),
        ("login", {"name": ["a"], "password": "b"}, "name"),
        ("login", None, "body"),
    ],
)
def test_bad_body_names_its_field(
    client: Client, scene: Scene, path: str, body: dict[str, object] | None, field: str
) -> None:
    answer = client.post(f"/api/{path.format(id=scene.incident)}", json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("invalid", field)
    assert error["message"].startswith(field)


def test_refusal_does_not_repeat_a_password(client: Client) -> None:
    answer = client.post("/api/login", json={"name": 7, "password": "a-secret-thing", "extra": "a-secret-thing"})
    assert answer.status_code == 422
    assert "a-secret-thing" not in answer.text


@pytest.mark.parametrize("unknown", [str(uuid4()), "7", "..%2f..%2fetc%2fpasswd"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "incidents/{id}", None),
        ("POST", "incidents/{id}/confirm", {"avs": 1}),
        ("POST", "incidents/{id}/reject", {"reason": "test"}),
        ("POST", "deliveries/{id}/requeue", {"why": "because"}),
        ("POST", "deliveries/{id}/write-off", {"why": "because"}),
        ("POST", "deliveries/{id}/write-off/grant", None),
        ("GET", "media/{id}", None),
    ],
)
def test_unknown_ids_are_not_found(
    client: Client, method: str, path: str, body: dict[str, object] | None, unknown: str
) -> None:
    answer = client.request(method, f"/api/{path.format(id=unknown)}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_refused_delivery_is_requeued_and_written_off_by_two(room: Room, clients: tuple[Client, Client]) -> None:
    client, colleague = clients
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(lingering(scene))
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.refuse(delivery, "HTTP 400", now=room.clock.now())
    path = f"/api/deliveries/{delivery.alert.id}"
    assert client.post(f"{path}/requeue", json={"why": "unit now known"}).json()["state"] == "pending"
    early = colleague.post(f"{path}/write-off/grant")
    assert (early.status_code, early.json()["error"]["field"]) == (422, "id")
    asked = client.post(f"{path}/write-off", json={"why": "told by phone"}).json()["write_off_asked"]
    assert (asked["by"], asked["reason"], asked["lapses_at"]) == (OPERATOR, "told by phone", room.clock.now() + 86400)
    [owed] = client.get(f"/api/incidents/{scene.incident}").json()["deliveries"]
    assert (owed["state"], owed["write_off_asked"]) == ("pending", asked)
    alone = client.post(f"{path}/write-off/grant")
    assert (alone.status_code, alone.json()["error"]["code"], alone.json()["error"]["field"]) == (
        422,
        "write_off_refused",
        "by",
    )
    assert colleague.post(f"{path}/write-off", json={"why": "too"}).status_code == 422
    assert colleague.post(f"{path}/write-off", json={"why": "me too"}).json()["error"]["field"] == "id"
    assert colleague.post(f"{path}/write-off/grant").json()["state"] == "written_off"
    again = client.post(f"{path}/requeue", json={"why": "once more"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_possible")
    assert room.records("alert.requeued") == [str(delivery.alert.id)]
    assert room.records("alert.write_off_asked") == room.records("alert.written_off") == [str(delivery.alert.id)]


def first_medium(room: Room, scene: Scene) -> tuple[UUID, bytes]:
    add_pictures(room, scene, seconds=0.5)
    clip = next(item for item in room.media.for_incident(scene.incident) if item.kind == "clip")
    return clip.id, room.media.path(clip.id).read_bytes()


def test_media_come_whole_or_in_parts_and_are_never_kept(room: Room, client: Client, scene: Scene) -> None:
    clip, content = first_medium(room, scene)
    whole = client.get(f"/api/media/{clip}")
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(f"/api/media/{clip}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    tail = client.get(f"/api/media/{clip}", headers={"Range": "bytes=-7"})
    assert tail.content == content[-7:]
    beyond = client.get(f"/api/media/{clip}", headers={"Range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416


def test_viewing_is_written_once_per_while(room: Room, client: Client, clock: FakeClock, scene: Scene) -> None:
    clip, _ = first_medium(room, scene)
    for _ in range(3):
        client.get(f"/api/media/{clip}", headers={"Range": "bytes=0-9"})
        client.get(f"/api/incidents/{scene.incident}")
    assert room.records("media.viewed") == [str(clip)]
    assert room.records("incident.viewed") == [str(scene.incident)]
    clock.advance(WINDOW_SECONDS)
    client.get(f"/api/media/{clip}", headers={"Range": "bytes=0-9"})
    assert room.records("media.viewed") == [str(clip)] * 2
    assert {record.who for record in room.audit.latest() if record.action == "media.viewed"} == {OPERATOR}


def test_nothing_is_shown_that_could_not_be_written_first(
    room: Room, client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, _ = first_medium(room, scene)

    def full(*_: object, **__: object) -> None:
        raise JournalUnavailable("disk full at 10.1.2.3")

    monkeypatch.setattr(AuditChain, "append", full)
    monkeypatch.setattr("vigilanza.store.journal.append_record", full)
    for answer, code in (
        (client.get(f"/api/incidents/{scene.incident}"), "audit_unavailable"),
        (client.get(f"/api/media/{clip}"), "audit_unavailable"),
        (client.post(f"/api/incidents/{scene.incident}/confirm", json={"avs": 3}), "journal_unavailable"),
    ):
        assert answer.status_code == 503
        assert set(answer.json()) == {"error"}
        assert answer.json()["error"]["code"] == code
        assert "10.1.2.3" not in answer.text
    view = room.queries.incident(scene.incident)
    assert view is not None
    assert view.decision is None


def test_health_is_for_everybody(room: Room, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    client = counter.stranger()
    assert client.get("/healthz").json() == {"status": "ok", "silent": []}

    def away(*_: object) -> None:
        raise JournalUnavailable("gone")

    monkeypatch.setattr(type(room.queries), "marker", away)
    assert client.get("/healthz").status_code == 503


def test_metrics_are_for_this_machine_and_for_operators(counter: Counter) -> None:
    client, elsewhere = counter.stranger(), {"X-Forwarded-For": "10.1.2.3"}
    assert "vigilanza_web_streams 0.0" in client.get("/metrics").text
    assert client.get("/metrics", headers=elsewhere).status_code == 401
    assert counter.operator().get("/metrics", headers=elsewhere).status_code == 200
