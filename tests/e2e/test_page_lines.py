"""Whether those who are told can be reached, on the page."""

import os
import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, PASSWORD, VMS, Room
from vigilanza.domain.delivery import Receipt, SignOfLife
from vigilanza.domain.role import Role
from vigilanza.store.lines import Lines


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_line_that_breaks_is_called_out_and_named(room: Room, console: Page) -> None:
    notice = console.locator("#lines-notice")
    expect(notice).to_be_hidden()
    Lines(room.engine).lost(VMS, f"{VMS}: cannot be reached (Connection refused)", room.clock.now())
    expect(notice).to_contain_text(f"Collegamento interrotto: {VMS} dalle", timeout=40_000)
    expect(console.get_by_role("alert").filter(has_text=f"interrotto: {VMS}")).to_be_attached()
    notice.click()
    row = console.locator(f'#lines-list [data-destination="{VMS}"]')
    expect(row).to_contain_text("Connection refused")
    expect(row).to_have_attribute("data-line", "down")
    shoot(console, "lines-broken")
    console.keyboard.press("Escape")
    Lines(room.engine).found(VMS, SignOfLife(0.2), room.clock.now())
    expect(notice).to_be_hidden(timeout=40_000)


def test_a_technician_tests_a_line_and_sees_the_receipt(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    Lines(room.engine).found(VMS, SignOfLife(0.4), room.clock.now())
    sign_in(page)
    page.get_by_role("button", name="Collegamenti").click()
    expect(page.locator(f'#lines-list [data-destination="{CONTROL_ROOM}"]')).to_contain_text("mai provato")
    row = page.locator(f'#lines-list [data-destination="{VMS}"]')
    expect(row).to_contain_text(re.compile(r"risponde dalle .*andata e ritorno 0,4 s", re.DOTALL))
    row.get_by_role("button", name="Prova").click()
    expect(row.get_by_role("status")).to_contain_text("Prova in corso")
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt("taken by the duty desk"), now=room.clock.now())
    expect(row.get_by_role("status")).to_have_text("Prova arrivata. Ricevuta: taken by the duty desk")
    shoot(page, "lines-tested")
