"""The ways into the page: the first operator of a site that requires one-time codes, and a page that is not ready."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, furnish
from vigilanza.domain.role import Role
from vigilanza.store.secondfactor import SecondFactors
from vigilanza.web.setup import SetupCode


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, setup=SetupCode(CODE), coded={Role.SUPERVISOR})


def test_who_needs_codes_is_led_from_the_set_up_to_the_sign_in(room: Room, page: Page) -> None:
    page.goto("/")
    form = page.locator("#setup-form")
    form.get_by_label("Codice di configurazione").fill(CODE)
    form.get_by_label("Nome operatore").fill(OPERATOR)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Crea operatore").click()
    login = page.locator("#login-form")
    expect(login.get_by_role("alert")).to_contain_text("codici temporanei")
    expect(login.get_by_label("Nome operatore")).to_be_focused()
    expect(form).to_be_hidden()
    assert room.records("operator.created") == [OPERATOR]
    SecondFactors(engine=room.engine, clock=room.clock).enrol(OPERATOR, by="console/anna")
    login.get_by_label("Nome operatore").fill(OPERATOR)
    login.get_by_label("Password").fill(PASSWORD)
    login.get_by_role("button", name="Entra").click()
    expect(login.get_by_label("Codice temporaneo")).to_be_focused()


def test_until_the_page_is_ready_nothing_that_was_typed_is_sent_anywhere(page: Page) -> None:
    page.route("**/static/app.js", lambda route: route.abort())
    page.goto("/")
    form = page.locator("#setup-form")
    form.get_by_label("Password").fill(PASSWORD)
    expect(form.get_by_role("button", name="Crea operatore")).to_be_disabled()
    form.get_by_label("Password").press("Enter")
    assert PASSWORD not in page.url
