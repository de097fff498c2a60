"""Five thousand incidents in an hour: nothing is lost, nothing hides what waits, and answers still come."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from tests.contract.api_client import counter_of
from tests.e2e.seed import Room, Scene, camera_covered, furnish, lingering, tampering
from tests.fakes import FakeClock
from vigilanza.clock import SystemClock
from vigilanza.domain.moment import write_moment
from vigilanza.web.incidents import LIMIT

COUNT, CAMERAS = 5000, 100
PATIENCE_S = 10.0
"""A bound that a busy test machine keeps, too."""


def scene(number: int, began: float) -> Scene:
    return Scene(f"cam-{number % CAMERAS:03d}", f"0423.B.{number % CAMERAS:03d}.{number}", began + number * 0.7)


@pytest.fixture
def both(database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    """A room on each of the two databases."""
    yield from furnish(tmp_path, clock=clock, database=database_url)


@pytest.mark.timeout(300)
def test_five_thousand_in_an_hour(both: Room, clock: FakeClock) -> None:
    room, began = both, clock.now() - 3600.0
    scenes = [scene(number, began) for number in range(COUNT)]
    grave = scenes[4321]
    for first in range(0, COUNT, 250):
        told = scenes[first : first + 250]
        room.journal.record([event for one in told for event in (tampering if one is grave else lingering)(one)])
    with counter_of(room) as counter:
        client, watch = counter.operator(), SystemClock()
        asked_at = watch.monotonic()
        answer = client.get("/api/incidents").json()
        assert watch.monotonic() - asked_at < PATIENCE_S
        assert (len(answer["incidents"]), answer["beyond"]) == (LIMIT, COUNT - LIMIT)
        listed = [UUID(one["id"]) for one in answer["incidents"]]
        longest = [one.incident for one in scenes if one is not grave]
        assert listed == [grave.incident, *longest[: LIMIT - 1]], "the grave one, then those that wait longest"
        assert decide(client, grave) == 200
        answer = client.get("/api/incidents").json()
        assert [UUID(one["id"]) for one in answer["incidents"]] == longest[:LIMIT]
        assert answer["beyond"] == COUNT - 1 - LIMIT
        span = {"from": write_moment(began - 60, UTC), "to": write_moment(clock.now() + 60, UTC)}
        assert client.get("/api/history", params=span).json()["count"] == COUNT
        assert client.get("/api/statistics", params=span).json()["count"] == COUNT
        assert client.get("/api/history.csv", params=span).text.count("\r\n") == COUNT + 1


def decide(client: httpx.Client, one: Scene) -> int:
    return client.post(f"/api/incidents/{one.incident}/confirm", json={"avs": 3}).status_code


def test_the_alarms_of_a_camera_that_has_too_many_are_marked(both: Room, clock: FakeClock) -> None:
    room, now = both, clock.now()
    for number in range(3):
        room.journal.record(tampering(Scene("stormy", f"0423.B.{number}", now - 60 + number)))
    room.journal.record(camera_covered(Scene("stormy", None, now - 30)))
    for number in range(3):
        room.journal.record(tampering(Scene("calm", f"0423.A.{number}", now - 60 + number)))
    with counter_of(room) as counter:
        client = counter.operator()

        def storm() -> dict[str, set[bool]]:
            told = client.get("/api/incidents").json()["incidents"]
            return {name: {one["storm"] for one in told if one["camera"] == name} for name in ("stormy", "calm")}

        assert storm() == {"stormy": {True}, "calm": {False}}
        assert decide(client, Scene("stormy", "0423.B.0", now - 60)) == 200
        assert storm() == {"stormy": {False}, "calm": {False}}
