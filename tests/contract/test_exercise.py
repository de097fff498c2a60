"""The page of an exercise: what it tells when, to whom, and how it is kept apart from the real one."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.api_client import COLLEAGUE, Counter, counter_of
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry, lingering
from tests.fakes import FakeClock
from tests.practised import DURATION_S, FORCED, QUIET, practised
from vigilanza.app.lessons import SETTLE_S
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.exercise import DECIDE_WITHIN_S
from vigilanza.domain.role import Role
from vigilanza.web.auth import PROOF_HEADER
from vigilanza.web.permit import routes_of

ENDED_S = DURATION_S + SETTLE_S


@pytest.fixture
def practice(room: Room, tmp_path: Path, clock: FakeClock) -> Room:
    return practised(room, tmp_path, clock.now())


@pytest.fixture
def counter(practice: Room) -> Iterator[Counter]:
    with counter_of(practice) as counter:
        yield counter


def happen(room: Room) -> tuple[Scene, Scene]:
    """Both recordings raise something at once."""
    forced = Scene(FORCED, f"{FORCED}.S", room.clock.now())
    quiet = Scene(QUIET, f"{QUIET}.S", room.clock.now())
    room.journal.record(forced_entry(forced))
    room.journal.record(lingering(quiet))
    return forced, quiet


def told(client: httpx.Client) -> dict[str, Any]:
    return dict(client.get("/api/exercise").raise_for_status().json())


def decide(client: httpx.Client, scene: Scene, **verdict: Any) -> None:
    path = f"/api/incidents/{scene.incident}/{'confirm' if 'avs' in verdict else 'reject'}"
    client.post(path, json=verdict).raise_for_status()


def test_what_was_true_is_told_once_the_recording_has_ended_and_somebody_decided(
    practice: Room, client: httpx.Client, clock: FakeClock
) -> None:
    assert told(client)["begun"] is False
    assert client.post("/api/exercise/begin").json()["begun"] is True
    forced, quiet = happen(practice)
    clock.advance(30.0)
    client.get(f"/api/incidents/{forced.incident}").raise_for_status()
    clock.advance(10.0)
    decide(client, forced, avs=3)
    assert told(client)["lessons"] == []
    clock.advance(ENDED_S - 40.0)
    standing = told(client)
    [lesson] = standing["lessons"]
    assert (lesson["incident"], lesson["clip"], lesson["happened"]) == (str(forced.incident), "forced", "forced_entry")
    assert (lesson["seen_after_s"], lesson["decided_after_s"]) == (22.0, 32.0)  # it began with the lingering, 8 s on
    assert (standing["played"], standing["percent"], standing["over"]) == (2, 100, False)
    decide(client, quiet, avs=2)
    standing = told(client)
    assert (standing["incidents"], standing["right"], standing["percent"], standing["over"]) == (2, 1, 50, True)


def test_a_decision_after_the_result_changes_nothing(practice: Room, client: httpx.Client, clock: FakeClock) -> None:
    _, quiet = happen(practice)
    decide(client, quiet, avs=3)
    clock.advance(ENDED_S)
    before = told(client)
    standing = client.get(f"/api/incidents/{quiet.incident}").json()["decision"]
    decide(client, quiet, reason="other", replaces=standing["id"])
    assert told(client)["lessons"] == before["lessons"]
    assert before["lessons"][0]["right"] is False


def test_who_does_not_decide_is_told_when_the_time_is_over(
    practice: Room, client: httpx.Client, clock: FakeClock
) -> None:
    forced, _ = happen(practice)
    clock.advance(DECIDE_WITHIN_S)
    assert told(client)["lessons"] == []
    clock.advance(20.1)  # the other one began 20 s after its recording
    lessons = {lesson["incident"]: lesson for lesson in told(client)["lessons"]}
    assert len(lessons) == 2
    assert lessons[str(forced.incident)]["decided_after_s"] is None
    assert not any(lesson["right"] or lesson["in_time"] for lesson in lessons.values())


def test_what_the_system_did_not_raise_does_not_count(practice: Room, client: httpx.Client, clock: FakeClock) -> None:
    clock.advance(ENDED_S)
    standing = told(client)
    assert (standing["unraised"], standing["incidents"], standing["percent"]) == (1, 0, None)
    assert standing["over"] is True


def test_what_only_the_machine_shows_does_not_count(practice: Room, client: httpx.Client, clock: FakeClock) -> None:
    frozen = Scene(QUIET, None, clock.now())
    practice.journal.record([frozen.event(0, EventKind.CAMERA_FROZEN, Severity.ALARM, Phase.SUSPECTED, 0)])
    decide(client, frozen, avs=1)
    clock.advance(ENDED_S)
    standing = told(client)
    assert (standing["faults"], standing["incidents"], standing["over"]) == (1, 0, True)


def test_the_files_are_marked_and_name_nobody(practice: Room, client: httpx.Client, clock: FakeClock) -> None:
    forced, _ = happen(practice)
    decide(client, forced, avs=3)
    clock.advance(ENDED_S)
    for ending in ("csv", "json"):
        answer = client.get(f"/api/exercise.{ending}").raise_for_status()
        assert answer.headers["content-disposition"] == f'attachment; filename="esercitazione.{ending}"'
        assert OPERATOR not in answer.text
    [row] = csv.DictReader(io.StringIO(client.get("/api/exercise.csv").text.removeprefix("\ufeff")))
    assert (row["exercise"], row["happened"], row["avs"], row["reason"]) == ("ESERCITAZIONE", "forced_entry", "3", "")
    assert client.get("/api/exercise.json").json() == told(client)


def test_only_who_decides_may_begin_and_every_route_asks_for_a_permission(practice: Room, counter: Counter) -> None:
    practice.accounts.create(COLLEAGUE, PASSWORD, roles={Role.AUDITOR})
    auditor = counter.signed_in(COLLEAGUE)
    assert auditor.post("/api/exercise/begin").status_code == 403
    assert told(auditor)["begun"] is False
    routes = [route for route in routes_of(practice.app) if route.path.startswith("/api/exercise")]
    assert len(routes) == 4
    assert all(route.permission is not None for route in routes)


def test_a_real_page_knows_no_exercise(room: Room, practice: Room, client: httpx.Client) -> None:
    with counter_of(room) as real:
        visitor = real.signed_in(OPERATOR)
        assert visitor.get("/api/exercise").status_code == 404
        assert "exercise" not in visitor.get("/").text
    assert 'data-exercise="true"' in client.get("/").text


def test_who_is_signed_in_to_an_exercise_is_not_signed_in_or_out_of_the_real_page(
    room: Room, practice: Room, counter: Counter
) -> None:
    """A browser has one jar for all ports of a machine."""
    room.accounts.create(OPERATOR, PASSWORD)
    login = {"name": OPERATOR, "password": PASSWORD}
    with counter_of(room) as real, httpx.Client(headers={PROOF_HEADER: "1"}, timeout=20) as browser:
        browser.post(f"{counter.url}/api/login", json=login).raise_for_status()
        assert browser.get(f"{real.url}/api/session").status_code == 401
        browser.post(f"{real.url}/api/login", json=login).raise_for_status()
        browser.post(f"{counter.url}/api/logout").raise_for_status()
        assert browser.get(f"{counter.url}/api/session").status_code == 401
        assert browser.get(f"{real.url}/api/session").status_code == 200
