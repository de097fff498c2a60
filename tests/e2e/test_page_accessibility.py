"""What axe-core finds on every screen of the operator's page, in both languages: nothing that keeps people out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.commands import VIDEOS
from tests.drawn_site import DrawnSite, site, watched
from tests.e2e.conftest import sign_in
from tests.e2e.seed import (
    CODE,
    OPERATOR,
    PASSWORD,
    VMS,
    Room,
    Scene,
    add_pictures,
    camera_covered,
    forced_entry,
    furnish,
    lingering,
)
from tests.e2e.server import serving
from tests.e2e.test_page_custody import in_days
from tests.e2e.test_page_phone import escalate
from tests.e2e.test_page_together import hit_at_once
from tests.e2e.test_wall_crowded import Crowd
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.web.setup import SetupCode

DOOR = "0423.B.03.12"


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnSite:
    return site(tmp_path)


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite) -> Iterator[Room]:
    yield from furnish(tmp_path, setup=SetupCode(CODE), live=Crowd(), board=drawn.board)


def speak(page: Page, language: str) -> None:
    page.locator(f"[data-language={language}]").locator("visible=true").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def faults(page: Page, screen: str) -> list[str]:
    """Of what is on the screen now, a line for each element."""
    found = [(fault, element) for fault in Axe().run(page).response["violations"] for element in fault["nodes"]]
    return [f"{screen}: {fault['id']}: {element['html']}: {element['failureSummary']}" for fault, element in found]


def test_a_fault_is_found(page: Page) -> None:
    page.goto("/")
    page.locator("#setup-form label").first.evaluate("(label) => label.replaceWith(label.querySelector('input'))")
    [fault] = faults(page, "first start")
    assert fault.startswith('first start: label: <input name="code"')


def test_the_ways_in(room: Room, page: Page, browser: Browser, tmp_path: Path, language: str) -> None:
    page.goto("/")
    speak(page, language)
    found = faults(page, "first start")
    room.accounts.create(OPERATOR, PASSWORD)
    page.reload()
    form = page.locator("#login-form")
    form.locator("[name=name]").fill(OPERATOR)
    form.locator("[name=password]").fill("not this one")
    form.locator("[type=submit]").click()
    expect(form.get_by_role("alert")).not_to_be_empty()
    found += faults(page, "sign-in")
    (tmp_path / "closed").mkdir()
    for other in furnish(tmp_path / "closed"):
        with serving(other.app) as url, browser.new_context(locale=language) as context:
            closed = context.new_page()
            closed.goto(url)
            expect(closed.locator("#closed")).to_be_visible()
            found += faults(closed, "closed")
    assert found == []


def test_an_incident_to_be_decided(room: Room, console: Page, language: str) -> None:
    speak(console, language)
    found = faults(console, "nothing to decide")
    hit_at_once(room, 4)
    console.locator("#waiting .group").click()
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 40)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    console.locator("#orders-new").click()
    found += faults(console, "list, with the form of an order")
    console.get_by_role("button", name=re.compile(DOOR)).click()
    expect(console.locator(".strip .still")).to_have_count(3)
    console.keyboard.press("v")
    console.keyboard.press("3")
    found += faults(console, "score")
    console.keyboard.press("Escape")
    console.keyboard.press("r")
    console.keyboard.press("2")
    found += faults(console, "reason")
    console.locator("#waiting .member .row").first.click()
    expect(console.locator(".decision .all:not(.look)")).to_be_visible()
    found += faults(console, "many cameras")
    assert found == []


def test_an_incident_that_was_decided(room: Room, console: Page, language: str) -> None:
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 60)
    escalate(room, scene)
    add_pictures(room, scene, seconds=2.0)
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.refuse(delivery, "HTTP 422: unknown unit", now=room.clock.now())
    now = room.clock.now()
    room.orders.add(
        door=DOOR, starts_at=now - 60, ends_at=now + 3600, who="Edil", reason="caldaia", granted_by=OPERATOR
    )
    speak(console, language)
    console.locator("#decided .row").click()
    console.locator(".debt[data-state=refused] .acts .plain").click()
    found = faults(console, "why it is tried again")
    console.locator(".debt[data-state=refused] .acts .quiet").click()
    fill(console, ".custody", "2020-01-01")
    expect(console.locator("#failure")).to_be_visible()
    found += faults(console, "what was refused")
    console.locator(".custody [name=until]").fill(f"{in_days(10):%Y-%m-%d}")
    console.locator(".custody [type=submit]").click()
    expect(console.locator(".custody li")).to_have_count(1)
    fill(console, ".exports")
    expect(console.locator(".exports li")).to_have_count(1)
    expect(console.locator("#phone li")).to_have_count(1)
    found += faults(console, "all that may follow")
    assert found == []


def fill(console: Page, section: str, day: str | None = None) -> None:
    """Open a section's form, fill and send it."""
    console.locator(f"{section} .head-line button").click()
    for field in console.locator(f"{section} input:not([type=date])").all():
        field.fill("x")
    if day is not None:
        console.locator(f"{section} [name=until]").fill(day)
    console.locator(f"{section} [type=submit]").click()


def test_the_wall(room: Room, console: Page, language: str) -> None:
    room.journal.record(camera_covered(Scene("camera-01", None, room.clock.now() - 20)))
    speak(console, language)
    console.keyboard.press("w")
    expect(console.locator(".tile[data-camera=camera-01] .badge")).to_be_visible()
    found = faults(console, "wall")
    console.locator(".tile").first.click()
    expect(console.locator("#wall-large .live")).to_have_attribute("data-state", "stills")
    found += faults(console, "one camera")
    assert found == []


def test_the_archive_and_its_figures(room: Room, console: Page, language: str) -> None:
    for number, reason in enumerate(RejectReason):
        scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - (1 + number) * 86400)
        room.journal.record(lingering(scene) if number % 2 else forced_entry(scene))
        room.journal.decide(Decision(scene.incident, OPERATOR, scene.began + 60, reason=reason))
    speak(console, language)
    console.keyboard.press("h")
    expect(console.locator("#archive-rows tr")).to_have_count(len(RejectReason))
    expect(console.locator("[data-figure]")).not_to_have_count(0)
    assert faults(console, "archive") == []


def test_the_accounts(room: Room, console: Page, language: str) -> None:
    for name in ("g.verdi", "a.bianchi"):
        room.accounts.create(name, PASSWORD)
    speak(console, language)
    console.locator("#accounts-open").click()
    row = console.locator("[data-account='g.verdi']")
    for _ in range(2):
        row.get_by_role("button").click()
    expect(row).to_have_attribute("data-closed", "true")
    console.locator("[data-account='a.bianchi']").get_by_role("button").click()
    assert faults(console, "accounts") == []


def test_the_drawing_of_doors_and_masks(room: Room, console: Page, tmp_path: Path, language: str) -> None:
    with watched(tmp_path, VIDEOS / "dev_pos_two_fast_kick.mp4"):
        speak(console, language)
        console.locator("#setup-open").click()
        expect(console.locator("#setup-view")).to_have_attribute("data-seen", "true")
        console.locator("#setup-door-add").click()
        console.locator("#setup-doors input").last.fill("flat 14")
        for _ in range(4):
            console.locator("#setup-point-add").click()
        console.locator("#setup-save").click()
        expect(console.locator(".drawn .problem").locator("visible=true")).to_have_count(1)
        found = faults(console, "drawing")
        console.locator("#setup-camera").select_option("cellar")
        expect(console.locator("#setup-nothing")).to_be_visible()
        found += faults(console, "no picture")
        console.locator("#find-open").click()
        console.locator("#find-probe [name=address]").fill("onvifs://192.0.2.1")
        console.locator("#find-search button").click()
        expect(console.locator("#find-problem")).not_to_be_empty()
        found += faults(console, "finder")
    assert found == []


def test_what_has_stopped(tmp_path: Path, browser: Browser, language: str) -> None:
    (tmp_path / "stopped").mkdir()
    for room in furnish(tmp_path / "stopped", silent=["watch-1"]):
        room.accounts.create(OPERATOR, PASSWORD)
        room.journal.record(forced_entry(Scene("SCALA-B-P3", DOOR, room.clock.now() - 40)))
        with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
            page = context.new_page()
            with serving(room.app) as url:
                sign_in(page, url)
                speak(page, language)
                page.get_by_role("button", name=re.compile(DOOR)).click()
                expect(page.locator("#parts-silent")).to_be_visible()
            expect(page.locator("#link-lost")).to_be_visible()
            assert faults(page, "line lost") == []


def test_all_of_the_page_is_reached_when_it_is_enlarged_twofold(room: Room, console: Page) -> None:
    console.set_viewport_size({"width": 1366 // 2, "height": 768 // 2})
    expect(console.locator("#logout")).not_to_be_in_viewport()
    console.mouse.move(300, 20)
    console.mouse.wheel(1024, 0)
    expect(console.locator("#logout")).to_be_in_viewport(ratio=1)


def test_nothing_is_beside_a_screen_of_usual_width(room: Room, console: Page, language: str) -> None:
    speak(console, language)
    hit_at_once(room, 4)
    expect(console.locator("#call-open")).to_be_visible()
    for width in (1366, 1280, 1024):
        console.set_viewport_size({"width": width, "height": 768})
        assert console.evaluate("document.scrollingElement.scrollWidth") == width
