"""When an alert does not arrive, the operator is told whom to telephone, and says that it was done."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.place import CONTROL_ROOM, TELEPHONE
from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry, lingering
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Destination, DestinationKind, Receipt
from vigilanza.store.ledger import LONGEST_WAIT_SECONDS

CENTRE = Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM)


@pytest.fixture
def scene(room: Room) -> Scene:
    return Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)


def escalate(room: Room, scene: Scene) -> None:
    """The incident is confirmed, and the control room does not take its alert."""
    room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))
    overdue = room.outbox.escalate(CENTRE, room.clock.now() + 31, after=30)
    assert len(overdue) == 1


def test_an_alert_that_did_not_arrive_asks_for_a_call_and_the_call_is_on_record(
    room: Room, console: Page, scene: Scene
) -> None:
    expect(console.locator("#phone")).to_be_hidden()
    escalate(room, scene)
    task = console.locator("#phone li")
    expect(task).to_contain_text(f"Telefonare a {CONTROL_ROOM}")
    expect(console.locator("#announcer")).to_have_text(f"Telefonare a {CONTROL_ROOM} {TELEPHONE}")
    expect(task.get_by_role("link", name=TELEPHONE)).to_be_visible()
    task.get_by_role("button", name="Vedi incidente").click()
    expect(console.locator("#incident")).to_contain_text(scene.door or scene.camera)
    task.get_by_label("Con chi, a che ora").fill("03:21 centrale operativa, agente 12")
    task.get_by_role("button", name="Ho telefonato").click()
    expect(console.locator("#phone")).to_be_hidden()
    assert len(room.records("alert.telephoned")) == 1


def test_nobody_is_to_be_telephoned_once_the_operator_has_left(room: Room, console: Page, scene: Scene) -> None:
    escalate(room, scene)
    expect(console.locator("#phone li")).to_have_count(1)
    console.get_by_role("button", name="Esci").click()
    expect(console.locator("#login-form")).to_be_visible()
    expect(console.locator("#phone li")).to_have_count(0)


def test_the_task_is_said_in_the_language_chosen_and_does_not_call_anew(
    room: Room, console: Page, scene: Scene
) -> None:
    escalate(room, scene)
    expect(console.locator("#announcer")).to_have_text(f"Telefonare a {CONTROL_ROOM} {TELEPHONE}")
    console.get_by_role("button", name="EN", exact=True).click()
    expect(console.locator("#phone li")).to_contain_text(f"Telephone {CONTROL_ROOM}")
    now = room.clock.now()
    door = scene.door or ""
    room.orders.add(door=door, starts_at=now - 60, ends_at=now + 3600, who="two", reason="boiler", granted_by=OPERATOR)
    room.journal.record(lingering(Scene("SCALA-A-P1", None, now - 20)))
    expect(console.locator("#orders .order")).to_have_count(1)  # read last
    expect(console.locator("#announcer")).to_have_text(f"Telefonare a {CONTROL_ROOM} {TELEPHONE}")


def test_a_receipt_that_comes_after_all_ends_the_task(room: Room, console: Page, scene: Scene) -> None:
    escalate(room, scene)
    expect(console.locator("#phone li")).to_have_count(1)
    delivery = room.outbox.claim(CONTROL_ROOM, room.clock.now() + LONGEST_WAIT_SECONDS)
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt("200 OK"), room.clock.now())
    expect(console.locator("#phone")).to_be_hidden()
