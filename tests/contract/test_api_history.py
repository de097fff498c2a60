"""The archive over real sockets: found, counted, exported; and in the audit chain before it is answered."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, VMS, Room, Scene, camera_covered, forced_entry, furnish, lingering, tampering
from tests.fakes import FakeClock
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.moment import read_moment
from vigilanza.store.database import writing

ROME, B, A = ZoneInfo("Europe/Rome"), "0423.B.03.12", "0423.A.01.12"
NOTHING_DONE = dict.fromkeys(("last_step", "found", "dispatched_at", "on_site_at", "resecured_at", "ended_at"))
MONDAY = read_moment("2026-11-23T00:00", ROME)
HOUR, DAY = 3600.0, 86400.0
WEEK = {"from": "2026-11-23T00:00", "to": "2026-11-30T00:00"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=FakeClock(MONDAY + 10 * DAY), cameras=["SCALA-A", "SCALA-B"])


@pytest.fixture
def scenes(room: Room) -> list[Scene]:
    """Monday 3:00 a forced entry, Tuesday 23:30 a tampering that was none, Friday a lingering and a covered camera."""
    scenes = [
        Scene("SCALA-B", B, MONDAY + 3 * HOUR),
        Scene("SCALA-A", A, MONDAY + DAY + 23.5 * HOUR),
        Scene("SCALA-A", A, MONDAY + 4 * DAY),
        Scene("SCALA-A", None, MONDAY + 4 * DAY + HOUR),
    ]
    for tell, scene in zip((forced_entry, tampering, lingering, camera_covered), scenes, strict=True):
        room.journal.record(tell(scene))
    room.journal.decide(Decision(scenes[0].incident, OPERATOR, scenes[0].began + 90, avs=3))
    room.journal.decide(Decision(scenes[1].incident, OPERATOR, scenes[1].began + 90, reason=RejectReason.CHILDREN))
    room.journal.decide(Decision(scenes[2].incident, OPERATOR, scenes[2].began + 90, reason=RejectReason.RESIDENT))
    return scenes


@pytest.fixture
def client(counter: Counter, scenes: list[Scene]) -> httpx.Client:
    assert scenes, "there is something to be found"
    return counter.operator()


def ask(client: httpx.Client, path: str, **query: str) -> Any:
    answer = client.get(path, params=WEEK | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def last_record(room: Room) -> tuple[str, str, str, Any]:
    record = room.audit.latest(1)[0]
    return record.who, record.action, record.subject, json.loads(record.detail)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [3, 2, 1, 0]),
        ({"to": "2026-11-24T00:00"}, [0]),
        ({"stair": "B"}, [0]),
        ({"stair": "A"}, [2, 1]),
        ({"stair": "A", "door": B}, []),
        ({"door": A}, [2, 1]),
        ({"camera": "SCALA-A"}, [3, 2, 1]),
        ({"kind": "tampering"}, [1, 0]),
        ({"severity": "alarm"}, [3, 1, 0]),
        ({"outcome": "undecided"}, [3]),
        ({"outcome": "confirmed", "avs": "3"}, [0]),
    ],
)
def test_incidents_are_found(
    room: Room, client: httpx.Client, scenes: list[Scene], query: dict[str, str], found: list[int]
) -> None:
    answer = ask(client, "/api/history", **query)
    assert [one["id"] for one in answer["incidents"]] == [str(scenes[number].incident) for number in found]
    assert answer["count"] == len(found)
    assert answer["next"] is None
    asked = {"from": "2026-11-23T00:00:00+01:00", "to": "2026-11-30T00:00:00+01:00"} | query
    if "to" in query:
        asked["to"] = "2026-11-24T00:00:00+01:00"
    detail: dict[str, object] = {**asked, "avs": 3} if "avs" in asked else {**asked}
    assert last_record(room) == (OPERATOR, "history.searched", "history", detail)


def test_each_tells_what_happened_where_and_what_was_decided(client: httpx.Client, scenes: list[Scene]) -> None:
    answer = ask(client, "/api/history")
    places = {"cameras": ["SCALA-A", "SCALA-B"], "doors": [A, B, "0423.B.03.13"], "stairs": ["A", "B"]}
    assert answer["places"] == places
    assert answer["incidents"][3] == {
        "id": str(scenes[0].incident),
        "opened_at": scenes[0].began + 8,
        "last_at": scenes[0].began + 26,
        "open": True,
        "camera": "SCALA-B",
        "door": B,
        "stair": "B",
        "kind": "entry",
        "severity": "critical",
        "outcome": "confirmed",
        "avs": 3,
        "reason": None,
        "decided_by": OPERATOR,
        "decided_at": scenes[0].began + 90,
    } | NOTHING_DONE | {"calls": 0, "handover_notes": 0}


def test_pages_follow_each_other(room: Room, client: httpx.Client) -> None:
    for number in range(230):
        room.journal.record(lingering(Scene("SCALA-A", A, MONDAY + 6 * DAY + number // 3)))
        room.journal.record(lingering(Scene("SCALA-B", B, MONDAY + 6 * DAY + number // 3)))
    seen, after = [], None
    while True:
        answer = ask(client, "/api/history", **({} if after is None else {"after": after}))
        seen += [one["id"] for one in answer["incidents"]]
        assert len(answer["incidents"]) <= 100
        after = answer["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == answer["count"]
    assert answer["count"] > 150


def test_statistics_count_by_the_clock_of_the_site(room: Room, client: httpx.Client) -> None:
    answer = ask(client, "/api/statistics")
    assert last_record(room)[1] == "history.counted"
    rejected = {row["key"]: row["rejected"] for row in answer["sums"]["days"]}
    assert rejected == {f"2026-11-{day}": int(day in (24, 27)) for day in range(23, 30)}
    hours = {
        row["key"]: sum(row[name] for name in ("confirmed", "rejected", "undecided")) for row in answer["sums"]["hours"]
    }
    assert len(hours) == 24
    assert {hour for hour, count in hours.items() if count} == {"03", "23", "00", "01"}
    assert [(row["key"], row["rejected"], row["confirmed"]) for row in answer["sums"]["doors"]] == [
        (A, 2, 0),
        (B, 0, 1),
    ]
    reasons = {row["key"]: (row["rejected"], row["alarms"]) for row in answer["sums"]["reasons"]}
    assert list(reasons) == [reason.value for reason in RejectReason]
    assert (reasons["children"], reasons["resident"], reasons["animal"]) == ((1, 1), (1, 0), (0, 0))


def test_false_alarms_are_told_with_their_bounds(client: httpx.Client, scenes: list[Scene]) -> None:
    rate = ask(client, "/api/statistics")["false_alarms"]
    days = 2 * (7 - (3 * HOUR + 8) / DAY)
    assert (rate["count"], rate["cameras"]) == (1, 2)
    assert rate["camera_days"] == pytest.approx(days, abs=1e-3)
    assert rate["per_camera_day"] == pytest.approx(1 / days)
    assert (rate["low"] * days, rate["high"] * days) == (
        pytest.approx(0.0253, abs=1e-4),
        pytest.approx(5.572, abs=1e-3),
    )
    one = ask(client, "/api/statistics", camera="SCALA-B")["false_alarms"]
    assert (one["count"], one["cameras"], one["low"]) == (0, 1, 0.0)
    assert ask(client, "/api/statistics", door=A)["false_alarms"] is None
    unseen = client.get("/api/statistics", params={"from": "2026-11-01T00:00", "to": "2026-11-10T00:00"}).json()
    assert (unseen["false_alarms"]["camera_days"], unseen["false_alarms"]["high"]) == (0.0, None)


def test_latency_is_told_per_destination(room: Room, client: httpx.Client) -> None:
    owed = room.clock.now()
    for seconds in (1.0, 3.0):
        delivery = room.outbox.claim(VMS, now=owed + 0.5)
        assert delivery is not None
        room.outbox.acknowledge(delivery, Receipt("r"), now=owed + seconds)
    [told] = ask(client, "/api/statistics")["latency"]
    assert (told["destination"], told["receipts"]) == (VMS, 2)
    assert (told["p50"], told["p95"], told["max"]) == pytest.approx((1.0, 3.0, 3.0))


def test_the_export_is_a_table_that_any_spreadsheet_reads(room: Room, client: httpx.Client) -> None:
    answer = client.get("/api/history.csv", params=WEEK | {"door": A})
    assert last_record(room)[1] == "history.exported"
    assert last_record(room)[3]["door"] == A
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="vigilanza-2026-11-23-2026-11-29.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbfid,opened_at,")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 3
    newest, older = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert older["opened_at"] == "2026-11-24T23:30:00+01:00"
    assert (older["site"], older["kind"], older["reason"]) == ("0423", "tampering", "children")
    assert (newest["severity"], newest["outcome"], newest["avs"]) == ("attention", "rejected", "")


def test_nothing_in_the_export_is_reckoned_out(room: Room, client: httpx.Client) -> None:
    trap = "=cmd|' /C calc'!A0"
    scene = Scene(trap, '+1,"2', MONDAY + 5 * DAY)
    room.journal.record([replace(event, order="x") for event in lingering(scene)])
    answer = client.get("/api/history.csv", params=WEEK | {"camera": trap})
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["camera"], row["door"]) == (f"'{trap}", "'+1,\"2")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-30T00:00"}, "to"),
        ({"from": "2025-11-01T00:00"}, "from"),
        ({"from": "0001-01-01T00:00"}, "from"),
        ({"to": "9999-12-31T23:59"}, "to"),
        ({"avs": "9"}, "avs"),
        ({"nonsense": "1"}, "nonsense"),
        ({"after": "1_2"}, "after"),
        ({"camera": ""}, "camera"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_names_its_field(
    room: Room, client: httpx.Client, query: dict[str, str], field: str
) -> None:
    answer = client.get("/api/history", params=WEEK | query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert room.records("history.searched") == []


def test_more_than_can_be_exported_is_refused_not_cut(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilanza.web.history.MOST", 3)
    for path in ("/api/history.csv", "/api/statistics"):
        answer = client.get(path, params=WEEK)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "too_many")
    assert client.get("/api/history.csv", params=WEEK | {"camera": "SCALA-A"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/history", "/api/history.csv", "/api/statistics"])
def test_nothing_is_answered_that_could_not_be_audited(room: Room, client: httpx.Client, path: str) -> None:
    with writing(room.engine) as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO gone"))
    answer = client.get(path, params=WEEK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "audit_unavailable")


def test_without_times_the_last_thirty_days_are_meant(room: Room, client: httpx.Client) -> None:
    answer = client.get("/api/history").json()
    assert (answer["to"], answer["to"] - answer["from"]) == (room.clock.now(), 30 * DAY)
    assert answer["count"] == 4
