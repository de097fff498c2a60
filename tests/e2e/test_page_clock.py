"""The clock of the browser's machine is wrong by hours, or is put right meanwhile: the page goes by the server's."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry, furnish
from tests.e2e.server import serving

ROME = ZoneInfo("Europe/Rome")
WRONG = pytest.mark.parametrize("hours", [-7, 7])
SOON_S = 120
"""All that a test does is done by then."""


def shift(page: Page, room: Room, hours: int) -> None:
    """Set the browser's clock wrong: from now on, whatever it was before."""
    page.clock.set_system_time(datetime.fromtimestamp(room.clock.now(), ROME) + timedelta(hours=hours))


def minutes(at: float) -> re.Pattern[str]:
    """The site's hour and minute of then, or of one of the next two minutes."""
    began = datetime.fromtimestamp(at, ROME)
    return re.compile("|".join(f"{began + timedelta(minutes=later):%H:%M}" for later in range(SOON_S // 60 + 1)))


def assert_right(page: Page, room: Room, scene: Scene, *, before: float) -> None:
    """Ages, timers and the time on the page are those of the server."""
    expect(page.locator(".row .age")).to_have_text(re.compile(r"^[0-2]:\d\d$"))
    expect(page.locator(".head .severity")).to_contain_text(re.compile(r"da [0-2]:\d\d\b"))
    expect(page.locator(".head .due")).to_contain_text(re.compile(r"decidere entro [0-2]:\d\d|decisione in ritardo"))
    expect(page.locator(".flagrance")).to_contain_text(re.compile(r"restano 47:5[89]:\d\d"))
    opened = datetime.fromtimestamp(scene.began, ROME) + timedelta(seconds=8)
    expect(page.locator(".head .severity")).to_contain_text(f"{opened:%H:%M}")
    expect(page.locator("#clock")).to_have_text(minutes(before))
    assert room.clock.now() - before < SOON_S


def told(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 20)
    room.journal.record(forced_entry(scene))
    return scene


@WRONG
def test_a_clock_that_is_wrong_from_the_beginning_changes_nothing(room: Room, page: Page, hours: int) -> None:
    before, scene = room.clock.now(), told(room)
    room.accounts.create(OPERATOR, PASSWORD)
    shift(page, room, hours)
    sign_in(page)
    assert page.evaluate("Date.now() / 1000") - room.clock.now() == pytest.approx(hours * 3600, abs=SOON_S)
    page.locator(".row").click()
    assert_right(page, room, scene, before=before)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator(".decision")).to_contain_text("Confermato AVS 3")
    page.keyboard.press("t")
    expect(page.get_by_label("Ora", exact=True)).to_have_value(minutes(before))


@WRONG
def test_a_clock_that_is_put_right_meanwhile_changes_nothing(room: Room, console: Page, hours: int) -> None:
    before, scene = room.clock.now(), told(room)
    console.locator(".row").click()
    expect(console.locator(".head")).to_be_visible()
    shift(console, room, hours)
    assert_right(console, room, scene, before=before)


@WRONG
def test_since_when_the_server_is_away_is_told_by_its_own_clock(tmp_path: Path, browser: Browser, hours: int) -> None:
    for room in rooms(tmp_path):
        room.accounts.create(OPERATOR, PASSWORD)
        with browser.new_context() as context:
            page = context.new_page()
            with serving(room.app) as url:
                sign_in(page, url)
                shift(page, room, hours)
                before = room.clock.now()
            expect(page.locator("#link-lost")).to_contain_text(minutes(before))
            expect(page.locator("#link")).to_have_attribute("data-state", "down")


def rooms(folder: Path) -> Iterator[Room]:
    yield from furnish(folder)
