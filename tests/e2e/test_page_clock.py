"""A control room's machine whose own clock is wrong, or is set while somebody works."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.commands import wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, furnish, tampering
from tests.e2e.server import serving

HOURS = 3_600_000
WRONG = "window.ahead = %d; Date.now = ((real) => () => real() + window.ahead)(Date.now.bind(Date));"


@pytest.fixture
def wrong(room: Room, page: Page) -> Page:
    """Five hours fast; an alarm began 40 seconds ago."""
    room.accounts.create(OPERATOR, PASSWORD)
    room.journal.record(tampering(Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 40)))
    page.add_init_script(WRONG % (5 * HOURS))
    sign_in(page)
    return page


def age(page: Page) -> Locator:
    return page.locator("#waiting .row .age")


def test_ages_and_terms_are_the_servers(room: Room, wrong: Page) -> None:
    expect(age(wrong)).to_have_text(re.compile(r"^[01]:\d\d$"))
    expect(age(wrong)).to_have_attribute("data-haste", "soon")
    wrong.locator("#waiting .row").click()
    expect(wrong.locator(".head .due")).to_contain_text(re.compile(r"decidere entro [12]:\d\d"))
    expect(wrong.locator(".flagrance dd")).to_contain_text("47:5")


def test_a_clock_that_is_set_meanwhile_is_noticed(room: Room, wrong: Page) -> None:
    expect(age(wrong)).to_have_text(re.compile(r"^[01]:\d\d$"))
    wrong.evaluate(f"window.ahead = {-20 * HOURS}")
    wait_until("the right age", lambda: re.fullmatch(r"[01]:\d\d", age(wrong).inner_text()))
    expect(age(wrong)).not_to_have_attribute("data-haste", "")


def test_since_when_the_server_is_away_is_told_in_the_servers_time(tmp_path: Path, browser: Browser) -> None:
    for room in furnish(tmp_path):
        room.accounts.create(OPERATOR, PASSWORD)
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(WRONG % (5 * HOURS))
        with serving(room.app) as url:
            sign_in(page, url)
            shown = page.locator("#clock").inner_text()
        expect(page.locator("#link-lost")).to_contain_text("Server non raggiungibile")
        hour = re.search(r"(\d\d):\d\d:\d\d", page.locator("#link-lost").inner_text())
        assert hour is not None
        assert (int(hour[1]) - int(shown[:2])) % 24 in (0, 1)
        context.close()
