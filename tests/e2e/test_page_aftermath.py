"""What was done after a confirmation, on the operator's page."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry
from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.role import Role
from vigilanza.store.aftermath import Aftermath

COLLEAGUE = "a.bianchi"


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    return scene


def confirm(room: Room, scene: Scene) -> None:
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), avs=3))


def choose(page: Page, scene: Scene) -> None:
    page.locator(f'[data-id="{scene.incident}"]').click()


def test_steps_by_keyboard_until_the_social_services_are_told(room: Room, console: Page, scene: Scene) -> None:
    choose(console, scene)
    section = console.locator(".aftermath")
    expect(section).to_be_hidden()
    confirm(room, scene)
    section.get_by_role("button", name="Centrale avvisata per telefono").press("Enter")
    expect(section.get_by_label("Con chi si è parlato, e quando")).to_be_focused()
    console.keyboard.press("Enter")
    expect(section.locator("li")).to_have_count(0)  # without a name nothing is noted
    console.keyboard.type("03:21, agente 12")
    console.keyboard.press("Enter")
    expect(section.locator("li")).to_contain_text("Centrale avvisata per telefono")
    expect(section.locator("li q")).to_have_text("03:21, agente 12")
    expect(section.get_by_role("button", name="Sul posto")).to_be_focused()
    for name in ("Sul posto", "Minori presenti", "Alloggio ancora occupato da persone"):
        section.get_by_role("button", name=name, exact=True).press("Enter")
        console.keyboard.press("Enter")
        expect(section.locator("li").last).to_contain_text(name)
    expect(section.locator(".task")).to_contain_text("avvisare i servizi sociali")
    expect(section.get_by_role("button", name="Chiuso")).to_have_count(0)
    section.get_by_role("button", name="Servizi sociali avvisati").press("Enter")
    console.keyboard.type("dott.ssa Neri, 04:10")
    console.keyboard.press("Enter")
    expect(section.locator(".task")).to_be_hidden()
    expect(section.get_by_role("button", name="Chiuso")).to_be_visible()
    console.get_by_role("button", name="EN", exact=True).click()
    expect(section.locator("li").nth(3)).to_contain_text("Persons still in the flat")


def test_who_is_second_is_told_keeps_the_words_and_may_go_on(room: Room, console: Page, scene: Scene) -> None:
    confirm(room, scene)
    choose(console, scene)
    section = console.locator(".aftermath")
    section.get_by_role("button", name="La centrale ha ricevuto").click()
    section.get_by_label("Nota").fill("protocollo 12")
    Aftermath(engine=room.engine, journal=room.journal, clock=room.clock).take(
        scene.incident, Step.MINORS_PRESENT, note=None, by=COLLEAGUE, after=None
    )
    expect(section.locator("li")).to_contain_text(COLLEAGUE)
    section.get_by_role("button", name="Annota: La centrale ha ricevuto").click()
    expect(console.locator("#failure")).to_contain_text("Qualcuno ha annotato un passo nel frattempo")
    expect(section.get_by_label("Nota")).to_have_value("protocollo 12")
    section.get_by_role("button", name="Annota: La centrale ha ricevuto").click()
    expect(section.locator("li").last).to_contain_text("protocollo 12")


def test_escape_takes_it_back_and_a_rejection_leaves_only_what_was_done(
    room: Room, console: Page, scene: Scene
) -> None:
    confirm(room, scene)
    choose(console, scene)
    section = console.locator(".aftermath")
    received = section.get_by_role("button", name="La centrale ha ricevuto", exact=True)
    received.press("Enter")
    expect(received).to_have_attribute("aria-expanded", "true")
    console.keyboard.press("Escape")
    expect(section.locator("form")).to_be_hidden()
    expect(received).to_be_focused()
    received.press("Enter")
    console.keyboard.press("Enter")
    expect(section.locator("li")).to_have_count(1)
    room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), reason=RejectReason.TEST))
    expect(section.locator(".acts button")).to_have_count(0)
    expect(section.locator("li")).to_have_count(1)


def test_a_technician_sees_what_was_done_and_notes_nothing(room: Room, page: Page, scene: Scene) -> None:
    confirm(room, scene)
    Aftermath(engine=room.engine, journal=room.journal, clock=room.clock).take(
        scene.incident, Step.DISPATCHED, note=None, by=COLLEAGUE, after=None
    )
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    sign_in(page)
    choose(page, scene)
    expect(page.locator(".aftermath li")).to_contain_text("La centrale ha ricevuto")
    expect(page.locator(".aftermath .acts")).to_be_hidden()
