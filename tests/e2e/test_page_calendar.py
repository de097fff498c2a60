"""The work orders of a week, on the page."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room
from tests.e2e.test_page_accessibility import faults, speak
from vigilanza.domain.role import Role

DOOR, OTHER = "0423.B.03.12", "0423.A.01.12"
HOUR, DAY_S = 3600.0, 86400.0


@pytest.fixture
def orders(room: Room) -> None:
    now = room.clock.now()

    def add(door: str, begin: float, end: float, who: str) -> None:
        room.orders.add(door=door, starts_at=begin, ends_at=end, who=who, reason="caldaia", granted_by=OPERATOR)

    add(DOOR, now - 60, now + 2 * HOUR, "Edil Esempio")
    add(OTHER, now + 7 * DAY_S, now + 7 * DAY_S + 3 * HOUR, "Serrature Rossi")


def monday(page: Page) -> date:
    day = page.locator("#calendar-rows td").first.get_attribute("data-day")
    return date.fromisoformat(day or "")


def test_a_week_is_seen_and_left_by_keyboard(room: Room, orders: None, console: Page) -> None:
    console.get_by_role("button", name="Calendario degli ordini").press("Enter")
    sheet = console.locator("#calendar")
    entry = sheet.locator(f'[data-door="{DOOR}"] .entry').first
    expect(entry).to_contain_text("Edil Esempio: caldaia")
    expect(entry).to_contain_text("In corso")
    expect(entry.locator("b")).to_have_text(re.compile(r"^(\d\d:\d\d|…)–(\d\d:\d\d|…)$"))
    expect(sheet.locator("thead [aria-current=date]")).to_have_count(1)
    expect(sheet.locator(f'[data-door="{OTHER}"] .entry')).to_have_count(0)
    first = monday(console)
    assert first.weekday() == 0
    console.keyboard.press("ArrowRight")
    expect(sheet.locator(f'[data-door="{OTHER}"] .entry').first).to_contain_text("Serrature Rossi: caldaia")
    expect(sheet.locator(f'[data-door="{OTHER}"] .entry').first).to_contain_text("Previsto")
    assert monday(console) == first + timedelta(days=7)
    expect(sheet.locator("thead [aria-current=date]")).to_have_count(0)
    console.keyboard.press("ArrowLeft")
    console.keyboard.press("ArrowLeft")
    expect(sheet.locator("#calendar-none")).to_be_visible()
    sheet.get_by_role("button", name="Oggi").press("Enter")
    expect(entry).to_be_visible()
    console.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_what_a_colleague_ends_is_seen_at_once(room: Room, orders: None, console: Page) -> None:
    console.locator("#calendar-open").click()
    entry = console.locator(f'#calendar [data-door="{DOOR}"] .entry').first
    expect(entry).to_have_attribute("data-state", "running")
    [order] = room.orders.running(room.clock.now())
    room.orders.end(order.id, by="a.bianchi")
    expect(entry).to_have_attribute("data-state", "past")


def test_it_keeps_nobody_out_and_nothing_stays_for_who_comes_next(
    room: Room, orders: None, page: Page, language: str
) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    sign_in(page)
    speak(page, language)
    page.locator("#calendar-open").click()
    expect(page.locator("#calendar .entry").first).to_be_visible()
    assert faults(page, "calendar") == []
    [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "vigilanza"]
    room.accounts.close_session(cookie["value"])
    expect(page.locator("#login-form")).to_be_visible()
    expect(page.locator("#calendar")).to_be_hidden()
    expect(page.locator("#calendar .entry")).to_have_count(0)
