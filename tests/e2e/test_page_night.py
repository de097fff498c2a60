"""A night shift without a mouse: from the sign-in over an alarm to the receipt, and a note for the next shift."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import COUNT_RINGS
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry, tampering
from tests.webhook import SECRET, channel
from vigilanza.bridge.relay import Relay
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.lab.city import StubCity
from vigilanza.store.lines import Lines
from vigilanza.store.replies import Replies

NO_MOUSE = "window.pointed = 0; addEventListener('pointerdown', () => (window.pointed += 1), true);"


@pytest.fixture
def city(room: Room, tmp_path: Path) -> Iterator[StubCity]:
    """The control room's receiver, and a relay that carries to it."""
    (tmp_path / "city").mkdir()
    stop = threading.Event()
    with StubCity(directory=tmp_path / "city", secret=SECRET) as city:
        relay = Relay(
            destination=Destination(CONTROL_ROOM, DestinationKind.CONTROL_ROOM),
            channel=channel(city),
            outbox=room.outbox,
            lines=Lines(room.engine),
            replies=Replies(room.engine),
            clock=room.clock,
        )
        carrying = threading.Thread(target=relay.run, args=(stop,))
        carrying.start()
        yield city
        stop.set()
        carrying.join(30)


def tab_to(page: Page, selector: str) -> None:
    """By the key alone."""
    for _ in range(120):
        if page.locator(selector).evaluate("(wanted) => wanted === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_night_shift_by_keyboard_alone(room: Room, page: Page, city: StubCity) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    for script in (NO_MOUSE, COUNT_RINGS):
        page.add_init_script(script)
    page.goto("/")
    page.keyboard.type(OPERATOR)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#link")).to_have_attribute("data-state", "up")

    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 30)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    expect(page.locator("#call-open")).to_contain_text("1 allarme non visto")
    page.keyboard.press("j")
    expect(page.locator(".head h2")).to_contain_text("0423.B.03.12")
    expect(page.locator(".screen video")).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Confermato AVS 3")
    debt = page.locator(".debt").filter(has_text=CONTROL_ROOM)
    expect(debt).to_have_attribute("data-state", "acknowledged")
    [alert] = city.wait_for(1)
    assert alert.event["data"]["incident"] == str(scene.incident)
    expect(debt.locator(".proof")).to_contain_text("ricevuta")

    room.journal.record(tampering(Scene("SCALA-A-P1", "0423.A.01.12", room.clock.now() - 20)))
    expect(page.locator("#waiting .row")).to_have_count(1)
    page.keyboard.press("k")
    expect(page.locator(".head h2")).to_contain_text("0423.A.01.12")
    page.keyboard.press("r")
    page.keyboard.press("6")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Respinto")

    tab_to(page, "#handover-open")
    page.keyboard.press("Enter")
    tab_to(page, "#handover textarea")
    page.keyboard.type("Porta 12 forzata, la pattuglia è stata inviata.")
    tab_to(page, "#handover form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#handover")).to_contain_text("la pattuglia è stata inviata")
    page.keyboard.press("Escape")
    tab_to(page, "#logout")
    page.keyboard.press("Enter")
    expect(page.locator("#login-form")).to_be_visible()
    assert page.evaluate("pointed") == 0
    assert len(room.records("incident.confirmed")) == len(room.records("incident.rejected")) == 1
