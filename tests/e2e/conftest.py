"""A real browser and a real room for it to look into."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, furnish
from tests.e2e.server import serving
from vigilanza.web.page import LANGUAGES
from vigilanza.web.setup import SetupCode

COLLEAGUE = "a.bianchi"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

expect.set_options(timeout=15_000)


# Playwright keeps an event loop running in this thread: it must end with these tests, others start their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each that the page speaks, one after the other."""
    return str(request.param)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, setup=SetupCode(CODE))


@pytest.fixture
def url(room: Room) -> Iterator[str]:
    with serving(room.app) as base:
        yield base


@pytest.fixture
def page(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh profile; the test fails if the page complains or asks for anything that is not this server's."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(url) else None)
    yield page
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{request.node.name}.png")
    context.close()
    assert complaints == []


@pytest.fixture
def console(room: Room, page: Page) -> Page:
    """The page with an operator signed in and the live line up."""
    room.accounts.create(OPERATOR, PASSWORD)
    sign_in(page)
    return page


@pytest.fixture
def colleague(room: Room, browser: Browser, url: str) -> Iterator[Callable[[], Page]]:
    """To be called for the page of another one, who is signed in."""
    with ExitStack() as closing:

        def come() -> Page:
            room.accounts.create(COLLEAGUE, PASSWORD)
            context = closing.enter_context(browser.new_context(base_url=url))
            page = context.new_page()
            sign_in(page, operator=COLLEAGUE)
            return page

        yield come


COUNT_RINGS = """
window.tones = [];
Object.defineProperty(window, "rings", { get: () => window.tones.length });
window.OscillatorNode = class extends OscillatorNode {
  start(when) {
    window.tones.push(this.frequency.value);
    super.start(when);
  }
};
"""


def sign_in(page: Page, url: str = "/", operator: str = OPERATOR) -> None:
    """From the sign-in form to the console."""
    page.goto(url)
    page.get_by_label("Nome operatore").locator("visible=true").fill(operator)
    page.get_by_label("Password").locator("visible=true").fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    expect(page.locator("#link")).to_have_attribute("data-state", "up")
