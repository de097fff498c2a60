"""Work orders on the operator's page: grant, see at the incident, end."""

import os
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.seed import OPERATOR, Room, Scene, forced_entry
from vigilanza.domain.events import Severity

DOOR = "0423.B.03.12"


def local(at: float) -> str:
    """As a browser's field for date and time holds it."""
    return datetime.fromtimestamp(at, ZoneInfo("Europe/Rome")).strftime("%Y-%m-%dT%H:%M")


def test_an_order_is_granted_seen_and_ended(room: Room, console: Page) -> None:
    began = room.clock.now()
    console.get_by_role("button", name="Nuovo ordine").click()
    form = console.locator("#orders-form")
    form.get_by_label("Porta").select_option(DOOR)
    form.get_by_label("Dalle").fill(local(began - 60.0))
    form.get_by_label("Alle", exact=True).fill(local(began + 7200.0))
    form.get_by_label("Chi viene").fill("Edil Esempio, 2 persone")
    form.get_by_label("Per che cosa").fill("caldaia")
    form.get_by_role("button", name="Autorizza").click()
    row = console.locator("#orders .order")
    expect(row).to_contain_text("Edil Esempio, 2 persone: caldaia")
    expect(row).to_contain_text("In corso")
    expect(form).to_be_hidden()
    [order] = room.orders.running(room.clock.now())
    assert (order.door, order.granted_by) == (DOOR, OPERATOR)

    scene = Scene("SCALA-B-P3", DOOR, began - 40)
    room.journal.record([replace(event, severity=Severity.INFO, order=order.id) for event in forced_entry(scene)])
    expect(console.locator("#decided .row")).to_contain_text(f"ordine {order.id}")
    expect(console.locator("#call-open")).to_be_hidden()
    console.locator("#decided .row").click()
    visit = console.locator(".visit .order")
    expect(visit).to_contain_text(order.id)
    expect(console.locator(".moment").first).to_contain_text(f"ordine {order.id}")
    expect(console.locator(".screen .notice b")).to_have_text("Nessuna immagine")

    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        console.screenshot(path=f"{folder}/visit.png")
    end = visit.get_by_role("button", name="Termina")
    end.click()
    expect(end).to_have_text("Premere di nuovo per terminare")
    end.click()
    expect(visit).to_contain_text("Terminato")
    expect(console.locator("#orders .order")).to_have_count(0)
    assert [act.by for act in room.orders.history(order.id)] == [OPERATOR, OPERATOR]


def test_a_refused_order_is_said_in_words_and_the_form_stays(room: Room, console: Page) -> None:
    console.get_by_role("button", name="EN", exact=True).click()
    console.get_by_role("button", name="New order").click()
    form = console.locator("#orders-form")
    form.get_by_label("From").fill("2020-01-01T10:00")
    form.get_by_label("To", exact=True).fill("2020-01-01T11:00")
    form.get_by_label("Who comes").fill("nobody")
    form.get_by_label("What for").fill("nothing")
    form.get_by_role("button", name="Grant").click()
    expect(console.locator("#failure")).to_contain_text("That end is not possible")
    expect(form.get_by_label("Who comes")).to_have_value("nobody")
    assert room.orders.running(room.clock.now()) == []
