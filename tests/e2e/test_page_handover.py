"""Change of shift, on the operator's page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry, lingering
from vigilanza.domain.decision import Decision
from vigilanza.domain.role import Role
from vigilanza.store.handovers import Handovers

NEXT = "a.bianchi"
WORDS = "Scala B: la luce è rotta.\nLa ditta torna alle 8."


@pytest.fixture
def scene(room: Room) -> Scene:
    """A confirmed incident; another one waits, and a visit runs."""
    now = room.clock.now()
    scene = Scene("SCALA-B-P3", "0423.B.03.12", now - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    room.journal.decide(Decision(scene.incident, OPERATOR, now, avs=3))
    room.journal.record(lingering(Scene("SCALA-A-P1", "0423.A.01.12", now - 30)))
    room.orders.add(
        door="0423.A.01.12", starts_at=now - 60, ends_at=now + 3600, who="ditta", reason="caldaia", granted_by=NEXT
    )
    return scene


def test_the_next_shift_sees_the_note_and_takes_over_by_name(
    room: Room, console: Page, scene: Scene, url: str, browser: Browser
) -> None:
    expect(console.locator("#handover-line")).to_be_hidden()
    console.get_by_role("button", name="Passaggio di consegne").press("Enter")
    dialog = console.locator("#handover")
    dialog.get_by_label("Nota (al massimo 2000 caratteri").fill(WORDS)
    dialog.get_by_role("button", name="Lascia la nota").press("Enter")
    expect(dialog.locator("#handover-notes li")).to_contain_text("in attesa di chi subentra")
    expect(dialog.locator("textarea")).to_have_value("")
    console.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(console.locator("#handover-line")).to_contain_text("Consegne da leggere: m.rossi")
    console.get_by_role("button", name="EN", exact=True).click()
    expect(console.locator("#handover-line")).to_contain_text("Hand-over to read: m.rossi")
    room.accounts.create(NEXT, PASSWORD)
    context = browser.new_context(base_url=url)
    other = context.new_page()
    sign_in(other, url, NEXT)
    other.locator("#handover-line").click()
    expect(other.locator("#handover-notes p")).to_have_text(WORDS, use_inner_text=True)
    opened = other.locator("#handover .open")
    expect(opened.locator("#handover-undecided")).to_contain_text("0423.A.01.12")
    expect(opened.locator("#handover-unfinished")).to_contain_text("0423.B.03.12")
    expect(opened.locator("#handover-orders")).to_contain_text("ditta: caldaia")
    other.get_by_role("button", name="Ho letto, prendo in consegna (a.bianchi)").click()
    expect(other.locator("#handover-notes li")).to_have_count(0)
    other.get_by_text("Già prese in consegna").click()
    expect(other.locator("#handover-taken li")).to_contain_text("presa in consegna da a.bianchi")
    opened.get_by_role("button", name="0423.B.03.12").click()
    expect(other.locator("#handover")).to_be_hidden()
    expect(other.locator(".aftermath")).to_be_visible()
    expect(console.locator("#handover-line")).to_be_hidden()  # the first one sees it, too
    context.close()
    assert len(room.records("handover.taken")) == 1


def test_what_is_being_written_stays_while_things_happen(room: Room, console: Page, scene: Scene) -> None:
    handovers = Handovers(engine=room.engine, clock=room.clock)
    note = handovers.write("di prima", by=NEXT)
    console.locator("#handover-line").click()
    area = console.locator("#handover textarea")
    area.fill("a metà")
    handovers.take(note.id, by="l.verdi")
    expect(console.locator("#handover-notes li")).to_have_count(0)
    room.journal.record(forced_entry(Scene("SCALA-A-P1", "0423.A.01.12", room.clock.now())))
    expect(console.locator("#handover-undecided li")).to_have_count(2)
    expect(area).to_have_value("a metà")
    expect(area).to_be_focused()


def test_nothing_of_it_stays_for_who_is_signed_out_nor_shows_to_a_technician(
    room: Room, page: Page, scene: Scene
) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    room.accounts.create("t.gallo", PASSWORD, roles={Role.TECHNICIAN})
    Handovers(engine=room.engine, clock=room.clock).write("per il turno", by=NEXT)
    sign_in(page)
    page.locator("#handover-line").click()
    expect(page.locator("#handover-notes")).to_contain_text("per il turno")
    page.get_by_role("button", name="Chiudi").locator("visible=true").click()
    page.get_by_role("button", name="Esci").click()
    expect(page.locator("#handover-notes li")).to_have_count(0)
    sign_in(page, operator="t.gallo")
    expect(page.locator("#decided li")).to_have_count(1)
    expect(page.locator("#handover-line")).to_be_hidden()
    expect(page.get_by_role("button", name="Passaggio di consegne")).to_be_hidden()
    expect(page.locator("#failure")).to_be_hidden()
