"""What comes back to the operator after a decision, and how much of the 48 hours is left when it does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, VMS, Room, Scene, camera_covered, forced_entry, furnish, tampering
from tests.fakes import FakeClock
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.events import EventKind, Phase, Severity


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Room]:
    yield from furnish(tmp_path, clock=clock, cameras={"SCALA-B-P3", "SCALA-D-P0"})


def then_happens(room: Room, scene: Scene, sequence: int, kind: EventKind, severity: Severity) -> None:
    """One more event of the scene, a second from now."""
    after = room.clock.now() + 1 - scene.began
    room.journal.record([scene.event(sequence, kind, severity, Phase.FORCED, after)])


@pytest.mark.parametrize(
    ("verdict", "kind", "severity", "comes_back"),
    [
        ("reject", EventKind.ENTRY, Severity.CRITICAL, True),
        ("reject", EventKind.DOOR_OPENED, Severity.ALARM, True),
        ("reject", EventKind.TAMPERING, Severity.CRITICAL, True),
        ("reject", EventKind.TAMPERING, Severity.ALARM, False),
        ("reject", EventKind.SEAL_CHANGED, Severity.ATTENTION, False),
        ("reject", EventKind.CLOSED, Severity.INFO, False),
        (1, EventKind.DOOR_OPENED, Severity.ALARM, True),
        (1, EventKind.CLOSED, Severity.INFO, False),
        (2, EventKind.DOOR_OPENED, Severity.ALARM, False),
        (3, EventKind.ENTRY, Severity.CRITICAL, False),
    ],
)
def test_what_gets_worse_after_a_decision_comes_back(
    room: Room, client: Client, verdict: str | int, kind: EventKind, severity: Severity, comes_back: bool
) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(tampering(scene))
    reason, avs = RejectReason.CHILDREN if verdict == "reject" else None, verdict if isinstance(verdict, int) else None
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=avs, reason=reason))
    [before] = client.get("/api/incidents").json()["incidents"]
    assert (before["waiting"], before["decision"]["overtaken"], before["last_alarm"]) == (False, False, 1)
    then_happens(room, scene, 2, kind, severity)
    [after] = client.get("/api/incidents").json()["incidents"]
    assert (after["waiting"], after["decision"]["overtaken"]) == (comes_back, comes_back)
    assert after["last_alarm"] == (2 if severity in (Severity.ALARM, Severity.CRITICAL) else 1)


def test_what_came_back_and_was_decided_again_rests(room: Room, client: Client, clock: FakeClock) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(tampering(scene))
    for sequence, kind in ((2, EventKind.DOOR_OPENED), (3, EventKind.EXIT)):
        room.journal.decide(Decision(scene.incident, OPERATOR, clock.now(), reason=RejectReason.CHILDREN))
        assert client.get("/api/incidents").json()["incidents"][0]["waiting"] is False
        then_happens(room, scene, sequence, kind, Severity.ALARM)
        assert client.get("/api/incidents").json()["incidents"][0]["waiting"] is True
        clock.advance(5)


def test_page_and_alerts_count_the_same_48_hours(room: Room, client: Client) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    shown, told = [], []
    for event in forced_entry(scene):
        room.journal.record([event])
        shown.append(client.get("/api/incidents").json()["incidents"][0]["flagrance_until"])
        delivery = room.outbox.claim(VMS, room.clock.now())
        assert delivery is not None
        room.outbox.acknowledge(delivery, Receipt("202"), room.clock.now())
        told.append(delivery.alert.data["flagrante_until"])
    began, entered = scene.began + 8, scene.began + 26
    assert shown == [began + 48 * 3600] * 3 + [entered + 48 * 3600]
    assert told == [rfc3339(until) for until in shown]
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))
    confirmation = room.outbox.claim(CONTROL_ROOM, room.clock.now())
    assert confirmation is not None
    assert confirmation.alert.data["first_entry_at"] == rfc3339(entered)
    assert confirmation.alert.data["flagrante_until"] == told[-1]


def test_a_camera_that_is_no_longer_configured_is_not_blind_for_ever(room: Room, client: Client) -> None:
    for camera in ("SCALA-D-P0", "SCALA-Z-P9"):
        room.journal.record(camera_covered(Scene(camera, None, room.clock.now() - 20)))
    answer = client.get("/api/incidents").json()
    assert answer["cameras_blind"] == ["SCALA-D-P0"]
    assert {incident["camera"] for incident in answer["incidents"]} == {"SCALA-D-P0", "SCALA-Z-P9"}
