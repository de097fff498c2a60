"""What was done after confirmations, in the archive, its export and its figures."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry, furnish, tampering
from tests.fakes import FakeClock
from vigilanza.domain.aftermath import Step
from vigilanza.domain.call import Call
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.moment import read_moment
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.handovers import Handovers

DOOR = "0423.B.03.12"
NOON = read_moment("2026-11-23T12:00", ZoneInfo("Europe/Rome"))
WEEK = {"from": "2026-11-23T00:00", "to": "2026-11-30T00:00"}


@dataclass(frozen=True, slots=True)
class Followed:
    """Three confirmed incidents: closed, on its way, left alone; a rejected one has no steps."""

    closed: Scene
    on_its_way: Scene
    left: Scene
    rejected: Scene


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock)


@pytest.fixture
def followed(room: Room, clock: FakeClock) -> Followed:
    scenes = [Scene("C1", DOOR, NOON - 600 + 100 * number) for number in range(4)]
    for scene in scenes:
        room.journal.record(forced_entry(scene) if scene is not scenes[3] else tampering(scene))
    for scene, avs in zip(scenes, (3, 4, 1), strict=False):
        room.journal.decide(Decision(scene.incident, OPERATOR, clock.now(), avs=avs))
    room.journal.decide(Decision(scenes[3].incident, OPERATOR, clock.now(), reason=RejectReason.CHILDREN))
    aftermath = Aftermath(engine=room.engine, journal=room.journal, clock=clock)
    last = None
    for what in (Step.DISPATCHED, Step.MINORS_PRESENT, Step.ON_SITE, Step.RECOVERED):
        clock.advance(60.0)
        last = aftermath.take(scenes[0].incident, what, note=None, by=OPERATOR, after=last).taken[-1].id
    told = aftermath.take(scenes[0].incident, Step.SOCIAL_SERVICES_TOLD, note="Neri", by=OPERATOR, after=last)
    last = told.taken[-1].id
    for what in (Step.RESECURED, Step.CLOSED):
        clock.advance(60.0)
        last = aftermath.take(scenes[0].incident, what, note=None, by=OPERATOR, after=last).taken[-1].id
    call = Call("112", "112", clock.now(), "agente 12", "arrivano")
    aftermath.telephone(scenes[1].incident, call, sends=True, destination=None, by=OPERATOR, after=None)
    aftermath.take(scenes[2].incident, Step.NOT_DISPATCHED, note="nulla", by=OPERATOR, after=None)
    handovers = Handovers(engine=room.engine, clock=clock)
    note = handovers.write("aspettano il fabbro", by=OPERATOR, about=[scenes[1].incident])
    handovers.write("altro", by=OPERATOR)
    clock.advance(600.0)
    handovers.take(note.id, by="a.bianchi")
    return Followed(*scenes)


def ask(client: httpx.Client, path: str, **query: str) -> Any:
    answer = client.get(path, params=WEEK | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_archive_tells_how_far_each_has_come(client: httpx.Client, followed: Followed) -> None:
    found = {one["id"]: one for one in ask(client, "/api/history")["incidents"]}
    closed, way = found[str(followed.closed.incident)], found[str(followed.on_its_way.incident)]
    assert {name: closed[name] for name in ("last_step", "found", "calls", "handover_notes")} == {
        "last_step": "closed",
        "found": "recovered",
        "calls": 0,
        "handover_notes": 0,
    }
    times = [closed[name] for name in ("dispatched_at", "on_site_at", "resecured_at", "ended_at")]
    assert times == [NOON + 60, NOON + 180, NOON + 300, NOON + 360]
    assert (way["last_step"], way["calls"], way["handover_notes"]) == ("dispatched_by_phone", 1, 1)
    assert found[str(followed.left.incident)]["last_step"] == "not_dispatched"
    rejected = found[str(followed.rejected.incident)]
    assert (rejected["last_step"], rejected["found"], rejected["ended_at"]) == (None, None, None)


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("closed", ["closed"]),
        ("dispatched", []),  # the one that was has come further
        ("dispatched_by_phone", ["on_its_way"]),
        ("not_dispatched", ["left"]),
        ("minors_present", ["closed"]),  # a mark stays
    ],
)
def test_incidents_are_found_by_how_far_they_have_come(
    client: httpx.Client, followed: Followed, step: str, names: list[str]
) -> None:
    answer = ask(client, "/api/history", step=step)
    assert [one["id"] for one in answer["incidents"]] == [str(getattr(followed, name).incident) for name in names]
    assert answer["count"] == len(names)


def test_the_table_for_spreadsheets_has_it_too(client: httpx.Client, followed: Followed) -> None:
    answer = client.get("/api/history.csv", params=WEEK | {"step": "closed"})
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["last_step"], row["found"], row["calls"], row["handover_notes"]) == ("closed", "recovered", "0", "0")
    assert (row["dispatched_at"], row["ended_at"]) == ("2026-11-23T12:01:00+01:00", "2026-11-23T12:06:00+01:00")


def test_the_figures_say_how_many_stand_where_and_how_long_it_took(client: httpx.Client, followed: Followed) -> None:
    answer = ask(client, "/api/statistics")
    told = answer["aftermath"]
    assert {row["key"]: row["incidents"] for row in told["stages"]} == {
        "closed": 1,
        "dispatched_by_phone": 1,
        "not_dispatched": 1,
    }
    assert (told["confirmed"], told["minors"], told["calls"], told["notes"]) == (3, 1, 1, 1)
    spans = {row["key"]: (row["count"], row["p50"], row["max"]) for row in told["seconds"]}
    assert spans == {
        "dispatched": (2, 60.0, 360.0),
        "on_site": (1, 120.0, 120.0),
        "resecured": (1, 240.0, 240.0),
        "closed": (1, 360.0, 360.0),
    }
    handover = answer["handover"]
    assert (handover["written"], handover["taken"], handover["seconds"]["p50"]) == (2, 1, 600.0)


def test_where_nothing_was_done_the_figures_are_empty(room: Room, counter: Counter) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    answer = ask(counter.signed_in(OPERATOR), "/api/statistics")
    assert answer["aftermath"] == {"confirmed": 0, "stages": [], "seconds": [], "minors": 0, "calls": 0, "notes": 0}
    assert answer["handover"] == {"written": 0, "taken": 0, "seconds": None}
