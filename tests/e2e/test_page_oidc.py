"""Signing in with the account that one has elsewhere, in a real browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.seed import OPERATOR, PASSWORD, furnish
from tests.e2e.server import serving
from tests.e2e.test_page_accessibility import faults
from tests.oidc import CLIENT, LUCA, MARIA, SECRET, LateProvider
from vigilanza.clock import SystemClock
from vigilanza.lab.identity_provider import StandInProvider


@pytest.fixture
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """At the sign-in form. To a browser localhost and 127.0.0.1 are two sites, as page and provider are."""
    with StandInProvider([MARIA, LUCA], client_id=CLIENT, client_secret=SECRET, clock=SystemClock()) as server:
        provider = LateProvider(server.issuer, SystemClock())
        for room in furnish(tmp_path, provider=provider):
            room.accounts.create(OPERATOR, PASSWORD)
            with serving(room.app) as url:
                provider.page = url.replace("127.0.0.1", "localhost")
                context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=provider.page)
                page = context.new_page()
                page.goto("/")
                yield page
                if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
                    page.screenshot(path=f"{folder}/{request.node.name.partition('[')[0]}.png")
                context.close()


def test_the_night_shift_signs_in_with_the_citys_account(page: Page) -> None:
    button = page.get_by_role("link", name="Entra con Comune")
    expect(button).to_be_visible()
    assert faults(page, "sign-in") == []
    button.click()
    page.get_by_role("link", name="maria.rossi").click()
    expect(page.locator("#link")).to_have_attribute("data-state", "up")
    expect(page.locator("#operator")).to_contain_text("maria.rossi")
    page.reload()
    expect(page.locator("#link")).to_have_attribute("data-state", "up")


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("luca", "Quell'account non ha alcun ruolo qui"),
        ("Annulla", "L'accesso da lì non è riuscito o è stato annullato"),
    ],
)
def test_who_is_not_let_in_is_told_why_at_the_form(page: Page, choice: str, told: str) -> None:
    page.get_by_role("link", name="Entra con Comune").click()
    page.get_by_role("link", name=choice).click()
    expect(page.locator("#login-form").get_by_role("alert")).to_contain_text(told)
    assert page.url.endswith("/")
    page.get_by_role("button", name="EN", exact=True).locator("visible=true").click()
    expect(page.get_by_role("link", name="Sign in with Comune")).to_be_visible()
