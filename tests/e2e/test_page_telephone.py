"""On the telephone about a confirmed incident: by keyboard, in both languages, on record."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.commands import wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.place import CONTROL_ROOM, TELEPHONE
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry
from tests.e2e.test_page_aftermath import choose, confirm
from tests.e2e.test_page_phone import escalate
from vigilanza.domain.decision import Decision
from vigilanza.domain.role import Role


@pytest.fixture
def scene(room: Room) -> Scene:
    return Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)


def test_a_call_is_read_made_and_noted_by_keyboard_only(room: Room, console: Page, scene: Scene) -> None:
    escalate(room, scene)
    add_pictures(room, scene)
    choose(console, scene)
    sheet = console.locator(".telephone .sheet")
    expect(console.locator(".telephone")).to_be_visible()
    expect(sheet).to_be_hidden()
    console.keyboard.press("t")
    expect(sheet).to_be_visible()
    lines = sheet.locator(".script li")
    expect(lines.filter(has_text="Milano, via Esempio 4, scala B, piano 03, interno 12")).to_have_count(1)
    expect(lines.filter(has_text="AVS 3")).to_have_count(1)
    number = console.locator(".head .severity").inner_text().split("n. ")[1][:9]
    expect(lines.filter(has_text=f"Numero dell'incidente: {number}")).to_have_count(1)
    expect(sheet.get_by_role("link", name=TELEPHONE)).to_have_attribute("href", f"tel:{TELEPHONE.replace(' ', '')}")
    sheet.get_by_role("button", name="EN").press("Enter")
    expect(lines.filter(has_text="stair B, floor 03, flat 12")).to_have_count(1)
    sheet.get_by_label(CONTROL_ROOM).focus()
    console.keyboard.press("Space")
    sheet.get_by_label("Con chi si è parlato").focus()
    console.keyboard.type("agente 12")
    console.keyboard.press("Tab")
    console.keyboard.type("mandano una volante")
    console.keyboard.press("Enter")
    step = console.locator(".aftermath li")
    expect(step).to_contain_text("Centrale avvisata per telefono")
    expect(step.locator("q")).to_contain_text(f"{CONTROL_ROOM} ({TELEPHONE}), agente 12: mandano una volante")
    expect(sheet).to_be_hidden()
    expect(console.get_by_role("button", name="Che cosa dire, e annotare (t)")).to_be_focused()
    expect(console.locator("#phone")).to_be_hidden()  # what the machine asked for is thereby done
    assert len(room.records("alert.telephoned")) == 1


def test_somebody_else_is_named_and_the_form_stays_while_things_happen(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    confirm(room, scene)
    choose(console, scene)
    expect(console.locator(".telephone")).to_be_visible()
    console.keyboard.press("t")
    form = console.locator(".telephone form")
    form.get_by_label("Altro: chi, e a che numero").fill("Vicina, 02 1234")
    form.get_by_label("Con chi si è parlato").fill("signora Blu")
    room.journal.record(forced_entry(Scene("SCALA-A-P1", "0423.A.01.12", room.clock.now())))
    expect(console.locator("#waiting .row")).to_have_count(1)
    expect(form.get_by_label("Con chi si è parlato")).to_have_value("signora Blu")
    form.get_by_label("Che cosa ha detto").fill("la porta è chiusa")
    form.get_by_label("Ora").fill("23:59" if console.evaluate("new Date().getHours()") < 12 else "00:01")
    form.get_by_role("button", name="Annota la telefonata").click()
    expect(console.locator("#failure")).to_contain_text("L'ora dev'essere fra l'inizio dell'incidente e adesso")
    console.locator("#failure").get_by_role("button").click()
    form.get_by_label("Che cosa ha detto").press("Escape")
    expect(form).to_be_hidden()
    console.get_by_role("button", name="Che cosa dire, e annotare (t)").press("t")
    form.get_by_label("Altro: chi, e a che numero").fill("Vicina, 02 1234")
    form.get_by_label("Con chi si è parlato").fill("signora Blu")
    form.get_by_label("Che cosa ha detto").fill("la porta è chiusa")
    form.get_by_role("button", name="Annota la telefonata").click()
    expect(console.locator(".aftermath li q")).to_contain_text("Vicina, 02 1234 (–), signora Blu: la porta è chiusa")
    expect(console.locator(".aftermath li b")).to_have_text("Telefonata")


def test_nothing_is_to_be_read_before_a_confirmation_nor_to_an_auditor(room: Room, page: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    room.accounts.create(OPERATOR, PASSWORD)
    room.accounts.create("r.neri", PASSWORD, roles={Role.AUDITOR})
    sign_in(page)
    choose(page, scene)
    expect(page.locator(".decision")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator(".telephone")).to_be_hidden()
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))
    expect(page.locator(".telephone")).to_be_visible()
    page.get_by_role("button", name="Esci").click()
    sign_in(page, operator="r.neri")
    choose(page, scene)
    expect(page.locator(".aftermath, .verdict").first).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator(".telephone")).to_be_hidden()


def test_avs_1_is_closed_with_a_reason(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=1))
    choose(console, scene)
    section = console.locator(".aftermath")
    section.get_by_role("button", name="Nessun invio").press("Enter")
    expect(section.get_by_label("Perché non si avvisa la centrale")).to_be_focused()
    console.keyboard.type("custode sul posto: nulla")
    console.keyboard.press("Enter")
    section.get_by_role("button", name="Chiuso").press("Enter")
    console.keyboard.press("Enter")
    expect(section.locator("li").last).to_contain_text("Chiuso")
    expect(console.locator(".telephone")).to_be_hidden()


def test_an_answer_that_comes_late_calls_nobody_back_who_went_on(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    confirm(room, scene)
    choose(console, scene)
    held: list[Route] = []
    console.route("**/api/incidents/*/calls", lambda route: held.append(route))  # playwright marks what it is given
    expect(console.locator(".telephone")).to_be_visible()
    console.keyboard.press("t")
    sheet = console.locator(".telephone .sheet")
    sheet.get_by_label("Altro: chi, e a che numero").fill("Vicina, 02 1234")
    sheet.get_by_label("Con chi si è parlato").fill("agente 12")
    sheet.get_by_label("Che cosa ha detto").fill("arrivano")
    console.keyboard.press("Enter")
    wait_until("the call to be sent", lambda: console.evaluate("1") and held)
    console.locator(".aftermath .acts button").first.press("Enter")
    note = console.locator(".aftermath form input")
    expect(note).to_be_focused()
    held[0].continue_()
    expect(sheet).to_be_hidden()
    expect(note).to_be_focused()
