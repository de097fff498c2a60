"""Work orders as a calendar: by week and by month, at the keyboard, in both languages."""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room
from tests.e2e.test_page_accessibility import faults, speak
from vigilanza.domain.role import Role

DOOR, OTHER = "0423.B.03.12", "0423.A.01.12"
ROME = ZoneInfo("Europe/Rome")
HOUR = 3600.0


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def today(room: Room) -> datetime:
    """Its beginning, at the site."""
    return datetime.fromtimestamp(room.clock.now(), ROME).replace(hour=0, minute=0, second=0, microsecond=0)


def grant(room: Room, begin: datetime, hours: float, *, who: str = "Edil Esempio", door: str = DOOR) -> str:
    at = begin.timestamp()
    end = at + hours * HOUR
    return room.orders.add(door=door, starts_at=at, ends_at=end, who=who, reason="caldaia", granted_by=OPERATOR).id


@pytest.fixture
def monday(room: Room) -> datetime:
    """Of the next week, with three orders: on Tuesday, over the night to Thursday, and until midnight on Friday."""
    day = today(room) + timedelta(days=7 - today(room).weekday())
    grant(room, day + timedelta(days=1, hours=9), 3)
    grant(room, day + timedelta(days=2, hours=22), 10, who="Ascensori", door=OTHER)
    grant(room, day + timedelta(days=4, hours=20), 4, who="Vetraio")
    return day


def days_of(page: Page, text: str) -> list[str]:
    """The days that an order is on."""
    cells = page.locator("#calendar-days td").filter(has_text=text)
    return [str(day) for day in cells.locator("time").evaluate_all("(all) => all.map((one) => one.dateTime)")]


def test_a_week_and_a_month_by_keyboard(room: Room, console: Page, monday: datetime) -> None:
    console.keyboard.press("c")
    expect(console.locator("#calendar-today")).to_be_focused()
    expect(console.locator("#console")).to_be_hidden()
    expect(console.locator("#calendar-days td")).to_have_count(7)
    expect(console.locator('td[data-today="true"] time')).to_have_attribute("datetime", f"{today(room):%Y-%m-%d}")
    expect(console.locator("#calendar-none")).to_contain_text("Nessun ordine in questi giorni")
    console.keyboard.press("ArrowRight")
    expect(console.locator("#calendar-days [data-order]")).to_have_count(4)
    expect(console.locator("#calendar-days time").first).to_have_attribute("datetime", f"{monday:%Y-%m-%d}")
    expect(console.locator("#calendar-weekdays th").first).to_have_text("lunedì")
    tuesday, thursday, friday = (f"{monday + timedelta(days=number):%Y-%m-%d}" for number in (1, 3, 4))
    assert days_of(console, "Edil Esempio: caldaia") == [tuesday]
    assert days_of(console, "Ascensori: caldaia") == [f"{monday + timedelta(days=2):%Y-%m-%d}", thursday]
    assert days_of(console, "Vetraio: caldaia") == [friday]
    expect(console.locator("#calendar-days [data-order]").nth(1)).to_contain_text("22:00–…")
    expect(console.locator("#calendar-days [data-order]").nth(2)).to_contain_text("…–08:00")
    first = console.locator("#calendar-days [data-order]").first
    for _ in range(8):
        if first.evaluate("(one) => one === document.activeElement"):
            break
        console.keyboard.press("Tab")
    expect(first).to_be_focused()
    console.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    order = console.locator("#calendar-order .order")
    expect(order).to_contain_text("Edil Esempio: caldaia")
    expect(order).to_contain_text("Previsto")
    console.keyboard.press("m")
    expect(console.locator("#calendar-scale")).to_have_text("Settimana (m)")
    expect(console.locator("#calendar-table")).to_have_attribute("data-whole", "true")
    assert console.locator("#calendar-days td").count() in (28, 35, 42)
    assert days_of(console, DOOR)[0] == tuesday
    console.keyboard.press("ArrowLeft")
    console.keyboard.press("Home")
    expect(console.locator('td[data-today="true"]')).to_have_count(1)
    console.keyboard.press("Escape")
    expect(console.locator("#calendar-open")).to_be_focused()
    expect(console.locator("#console")).to_be_visible()


def test_what_is_changed_there_or_elsewhere_is_shown_at_once(room: Room, console: Page, monday: datetime) -> None:
    console.locator("#calendar-open").click()
    console.locator("#calendar-after").click()
    console.locator("#calendar-days [data-order]").first.click()
    order = console.locator("#calendar-order .order")
    order.get_by_role("button", name="Prolunga di 1 h").click()
    expect(console.locator("#calendar-days [data-order]").first).to_contain_text("09:00–13:00")
    expect(console.locator("#calendar-days [data-order]").first).to_have_attribute("aria-pressed", "true")
    grant(room, monday + timedelta(days=1, hours=15), 1, who="Fabbro")
    expect(console.locator("#calendar-days [data-order]")).to_have_count(5)
    for _ in range(2):
        order.locator(".acts button").last.click()
    expect(console.locator("#calendar-days [data-order]")).to_have_count(4)
    expect(order).to_have_count(0)


def test_a_crowded_day_of_a_month_leads_to_its_week(room: Room, console: Page, monday: datetime) -> None:
    for hour in range(6):
        grant(room, monday + timedelta(hours=8 + hour), 1)
    console.keyboard.press("c")
    console.keyboard.press("ArrowRight")
    console.keyboard.press("m")
    cell = console.locator("#calendar-days td").filter(has=console.locator(f'time[datetime="{monday:%Y-%m-%d}"]'))
    expect(cell.locator("[data-order]")).to_have_count(3)
    shoot(console, "calendar-month")
    cell.get_by_role("button", name="altri 3").click()
    expect(console.locator("#calendar-days td")).to_have_count(7)
    expect(console.locator("#calendar-days td").first.locator("[data-order]")).to_have_count(6)
    shoot(console, "calendar-week")


def test_nothing_keeps_people_out(room: Room, console: Page, monday: datetime, language: str) -> None:
    speak(console, language)
    grant(room, today(room) + timedelta(hours=23, minutes=59), 0.01)
    console.keyboard.press("c")
    expect(console.locator("#calendar-days [data-order]")).to_have_count(1)
    found = faults(console, "this week")
    console.keyboard.press("ArrowRight")
    expect(console.locator("#calendar-days [data-order]")).to_have_count(4)
    console.locator("#calendar-days [data-order]").first.click()
    found += faults(console, "week")
    console.keyboard.press("m")
    expect(console.locator("#calendar-table")).to_have_attribute("data-whole", "true")
    found += faults(console, "month")
    assert found == []
    for width in (1366, 1280, 1024):
        console.set_viewport_size({"width": width, "height": 768})
        assert console.evaluate("document.scrollingElement.scrollWidth") == width


def test_who_may_see_visits_and_grant_none_reads_it(room: Room, page: Page, monday: datetime) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    sign_in(page)
    page.locator("#calendar-open").click()
    page.locator("#calendar-after").click()
    page.locator("#calendar-days [data-order]").first.click()
    expect(page.locator("#calendar-order .order")).to_contain_text("Edil Esempio")
    expect(page.locator("#calendar-order .acts")).to_be_hidden()
