"""Work orders on the page of a centre, for doors of its sites, and on the page of a site that has one of its centre."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.seed import Room, furnish
from tests.e2e.test_page_orders import local
from vigilanza.domain.door import Role
from vigilanza.domain.instruction import Answer, Outcome
from vigilanza.store.centreorders import CentreOrders
from vigilanza.store.siteorders import SiteOrders


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, told=["0423"])


def test_an_order_says_that_its_site_does_not_know_it_until_it_does(room: Room, console: Page) -> None:
    began, owed = room.clock.now(), SiteOrders(engine=room.engine, clock=room.clock)
    console.get_by_role("button", name="Nuovo ordine").click()
    form = console.locator("#orders-form")
    form.get_by_label("Porta").fill("0423/B.03.12")
    form.get_by_label("Dalle").fill(local(began - 60.0))
    form.get_by_label("Alle", exact=True).fill(local(began + 7200.0))
    form.get_by_label("Chi viene").fill("Edil Esempio, 2 persone")
    form.get_by_label("Per che cosa").fill("caldaia")
    form.get_by_role("button", name="Autorizza").click()
    row = console.locator("#orders .order")
    expect(row).to_contain_text("Il sito 0423 non lo sa ancora: lì vale com'era prima")
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        console.screenshot(path=f"{folder}/order-of-a-site.png")
    owed.take(Answer("0423", "CO-0001", 1, Outcome.REFUSED, "door: there is no door"))
    expect(row).to_contain_text("Non accettato dal sito 0423: door: there is no door")
    owed.take(Answer("0423", "CO-0001", 1, Outcome.TAKEN))
    expect(row.locator(".unknown")).to_have_count(0)
    for _ in range(2):
        row.locator(".acts button").last.click()
    expect(row).to_contain_text("Terminato")
    expect(row).to_contain_text("Il sito 0423 non lo sa ancora")
    owed.take(Answer("0423", "CO-0001", 2, Outcome.TAKEN))
    expect(row).to_have_count(0)


def test_an_order_of_the_centre_has_no_buttons_at_the_site(room: Room, console: Page) -> None:
    now = room.clock.now()
    room.orders.add(
        door="0423/B.03.12",
        starts_at=now,
        ends_at=now + 60.0,
        who="Edil",
        reason="caldaia",
        granted_by="anna",
        order_id="x",
    )
    [told] = SiteOrders(engine=room.engine, clock=room.clock).unconfirmed()
    inbox = CentreOrders(engine=room.engine, centre="centrale", doors={"B.03.12": Role.SEALED}, clock=room.clock)
    inbox.take(replace(told, order=replace(told.order, id="CO-0007")))
    row = console.locator("#orders .order[data-order='CO-0007']")
    expect(row).to_contain_text("Da centrale: si prolunga e si termina lì")
    expect(row).to_contain_text("autorizzato da centrale/anna")
    expect(row.locator(".acts")).to_have_count(0)
