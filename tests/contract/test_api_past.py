"""/api/incidents/ID/past over a socket: the door's last thirty days."""

import httpx
import pytest
from sqlalchemy import text

from tests.contract.api_client import Counter
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, camera_covered, forced_entry, lingering, tampering
from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.role import Role
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.database import writing

B, A = "0423.B.03.12", "0423.A.01.12"
DAY = 86400.0


@pytest.fixture
def scene(room: Room) -> Scene:
    """Now at B. Before it there: an entry, a rejected tampering, a lingering, a covered camera; and more elsewhere."""
    now, journal = room.clock.now(), room.journal
    journal.record(forced_entry(Scene("SCALA-B", B, now - 31 * DAY)))
    entry, rejected = Scene("SCALA-B", B, now - 9 * DAY), Scene("SCALA-B", B, now - 8 * DAY)
    for tell, one in ((forced_entry, entry), (tampering, rejected), (lingering, Scene("SCALA-B", B, now - 7 * DAY))):
        journal.record(tell(one))
    journal.record(camera_covered(Scene("SCALA-B", None, now - 6 * DAY)))
    journal.record(forced_entry(Scene("SCALA-A", A, now - 5 * DAY)))
    journal.record(camera_covered(Scene("SCALA-A", None, now - 5 * DAY)))
    journal.decide(Decision(entry.incident, OPERATOR, entry.began + 60, avs=3))
    journal.decide(Decision(rejected.incident, OPERATOR, rejected.began + 60, reason=RejectReason.CHILDREN))
    Aftermath(engine=room.engine, journal=room.journal, clock=room.clock).take(
        entry.incident, Step.DISPATCHED, note=None, by=OPERATOR, after=None
    )
    for door in (B, A):
        room.orders.add(
            door=door, starts_at=now - 60, ends_at=now + 3600, who="Edil", reason="caldaia", granted_by=OPERATOR
        )
    scene = Scene("SCALA-B", B, now - 60)
    journal.record(forced_entry(scene))
    return scene


def test_all_of_the_door_is_counted_and_the_newest_told_first(room: Room, client: httpx.Client, scene: Scene) -> None:
    past = client.get(f"/api/incidents/{scene.incident}/past").json()
    counts = {"undecided": 0, "confirmed": 1, "rejected": 1, "attention": 1, "camera": 1, "visits": 1}
    assert past["counts"] == counts
    assert [entry["what"] for entry in past["entries"]] == ["visit", "camera", "attention", "incident", "incident"]
    assert [(one["outcome"], one["avs"], one["reason"], one["last_step"]) for one in past["entries"][3:]] == [
        ("rejected", None, "children", None),
        ("confirmed", 3, None, "dispatched"),
    ]
    assert (past["entries"][0]["who"], past["door"], past["to"] - past["from"]) == ("Edil", B, 30 * DAY)
    assert room.records("incident.past_viewed") == [str(scene.incident)]


def test_of_a_camera_all_that_its_doors_had_is_told(room: Room, client: httpx.Client, scene: Scene) -> None:
    covered = Scene("SCALA-B", None, room.clock.now() - 30)
    room.journal.record(camera_covered(covered))
    past = client.get(f"/api/incidents/{covered.incident}/past").json()
    counts = {"undecided": 1, "confirmed": 1, "rejected": 1, "attention": 1, "camera": 1, "visits": 0}
    assert (past["door"], past["counts"]) == (None, counts)


def test_many_are_counted_and_few_told(room: Room, client: httpx.Client, scene: Scene) -> None:
    for number in range(40):
        room.journal.record(lingering(Scene("SCALA-B", B, room.clock.now() - DAY - number)))
    past = client.get(f"/api/incidents/{scene.incident}/past").json()
    assert (past["counts"]["attention"], len(past["entries"])) == (41, 12)


def test_nothing_is_told_that_could_not_be_audited(room: Room, client: httpx.Client, scene: Scene) -> None:
    with writing(room.engine) as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO gone"))
    answer = client.get(f"/api/incidents/{scene.incident}/past")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "audit_unavailable")


def test_it_takes_the_permission_of_the_archive(room: Room, counter: Counter, scene: Scene) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    answer = counter.signed_in(OPERATOR).get(f"/api/incidents/{scene.incident}/past")
    assert (answer.status_code, answer.json()["error"]["field"]) == (403, "see_history")
    assert room.records("incident.past_viewed") == []
