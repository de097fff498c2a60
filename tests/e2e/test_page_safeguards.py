"""What protects less than approved is a line on the list; one person asks, another approves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.drawn_site import DrawnSite, site
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.e2e.test_page_accessibility import faults, speak
from vigilanza.app.safeguards import written
from vigilanza.config import load
from vigilanza.domain.role import Role
from vigilanza.web.page import LANGUAGES

OFFICER = "d.privacy"


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnSite:
    return site(tmp_path)


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite) -> Iterator[Room]:
    config = load(drawn.path, environ={})
    for room in furnish(tmp_path, board=drawn.board, wanted=written(config, environ={})):
        room.safeguards.settle(config.safeguards)
        room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
        room.accounts.create(OFFICER, PASSWORD, roles={Role.DPO})
        yield room


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_mask_that_was_taken_away_waits_for_the_data_protection_officer(
    room: Room, page: Page, url: str, browser: Browser, drawn: DrawnSite
) -> None:
    sign_in(page)
    line = page.locator("#safeguards-line")
    expect(line).to_be_hidden()
    page.get_by_role("button", name="Porte e maschere").click()
    page.get_by_role("button", name="Togli la maschera 1").click()
    page.get_by_role("button", name="Salva").click()
    expect(page.locator("#setup-told")).to_be_in_viewport()
    expect(page.locator("#setup-told")).to_contain_text("non vale finché una seconda persona non lo approva")
    page.locator("#setup-close").click()
    expect(line).to_have_text("Una modifica riduce la protezione e non vale ancora")
    line.press("Enter")
    dialog = page.locator("#safeguards")
    expect(dialog.locator("li")).to_have_text("Telecamera landing: si vedrebbe in parte ciò che la maschera 1 nasconde")
    expect(dialog.locator("#safeguards-approve")).to_be_hidden()
    dialog.get_by_label("Perché").fill("balcone demolito")
    dialog.get_by_role("button", name="Chiedi l'approvazione").press("Enter")
    expect(dialog.locator("#safeguards-own")).to_be_visible()
    shoot(page, "safeguards-asked")
    context = browser.new_context(base_url=url)
    other = context.new_page()
    sign_in(other, url, OFFICER)
    other.get_by_role("button", name="EN", exact=True).click()
    expect(other.locator("#safeguards-line")).to_have_text("One change protects less and does not count yet")
    other.locator("#safeguards-line").click()
    expect(other.locator("#safeguards-asked")).to_contain_text(f"Asked for by {OPERATOR}")
    expect(other.locator("#safeguards-asked")).to_contain_text("balcone demolito")
    shoot(other, "safeguards-approve")
    other.get_by_role("button", name="Approve all these changes").press("Enter")
    expect(other.locator("#safeguards-done")).to_contain_text("Approved. It counts within half a minute;")
    expect(other.locator("#safeguards li")).to_have_count(0)
    context.close()
    expect(line).to_be_hidden()
    wanted = load(drawn.path, environ={}).safeguards
    assert room.safeguards.settle(wanted) == wanted
    assert len(room.records("safeguards.approved")) == 1


def test_a_refusal_is_said_in_the_dialog(room: Room, page: Page, drawn: DrawnSite) -> None:
    text = drawn.path.read_text("utf-8")
    drawn.path.write_text(text.replace("role: sealed ", "role: other "), "utf-8")
    sign_in(page)
    page.locator("#safeguards-line").click()
    dialog = page.locator("#safeguards")
    expect(dialog.locator("li")).to_have_text(
        "La porta sigillata flat-12 (telecamera landing) non sarebbe più sorvegliata"
    )
    drawn.path.write_text(text, "utf-8")
    dialog.get_by_label("Perché").fill("alloggio assegnato")
    dialog.get_by_role("button", name="Chiedi l'approvazione").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Il file è cambiato")
    expect(dialog.locator("li")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_it_keeps_people_out(room: Room, page: Page, drawn: DrawnSite, language: str) -> None:
    text = drawn.path.read_text("utf-8")
    drawn.path.write_text(text.replace("role: sealed ", "role: other "), "utf-8")
    sign_in(page)
    speak(page, language)
    page.locator("#safeguards-line").click()
    expect(page.locator("#safeguards li")).to_have_count(1)
    assert faults(page, "safeguards") == []
    page.locator("#safeguards input").fill("prot. 7/26")
    page.locator("#safeguards-form button").click()
    expect(page.locator("#safeguards-own")).to_be_visible()
    assert faults(page, "safeguards-asked") == []
