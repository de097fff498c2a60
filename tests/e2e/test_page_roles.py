"""What each role finds on the page, and how somebody with one-time codes comes in."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from tests.e2e.conftest import COUNT_RINGS, sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry
from vigilanza.domain.role import Role
from vigilanza.store.secondfactor import SecondFactors

DOOR = "0423.B.03.12"
OFFERED = """() => [...document.querySelectorAll("[data-needs]")]
  .filter((one) => one.checkVisibility() && !document.body.dataset.may.split(" ").includes(one.dataset.needs))
  .map((one) => one.dataset.needs)"""
"""What the page offers though the server would refuse it."""


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 40)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    return scene


def look(room: Room, page: Page, role: Role) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={role})
    sign_in(page)
    page.get_by_role("button", name=re.compile(DOOR)).click()
    expect(page.locator(".head")).to_contain_text(DOOR)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DPO, Role.TECHNICIAN])
def test_who_may_only_read_is_offered_nothing_else_and_no_pictures(
    room: Room, page: Page, scene: Scene, role: Role
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    look(room, page, role)
    expect(page.locator(".screen .notice")).to_contain_text("Immagini non per questo ruolo")
    expect(page.locator(".decision")).to_be_hidden()
    expect(page.get_by_role("button", name="Nuovo ordine")).to_be_hidden()
    expect(page.get_by_role("button", name="Conserva per ordine…")).to_be_hidden()
    expect(page.locator(".debts")).to_contain_text("centrale")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    expect(page.locator(".decision")).to_be_hidden()
    expect(page.locator("#failure")).to_be_hidden()
    assert not [url for url in asked if "/api/media/" in url]
    assert page.evaluate(OFFERED) == []
    assert room.records("incident.confirmed") == []


@pytest.mark.parametrize(("role", "rings"), [(Role.OPERATOR, True), (Role.SUPERVISOR, False), (Role.AUDITOR, False)])
def test_an_alarm_rings_for_those_who_may_decide_alone(room: Room, page: Page, role: Role, rings: bool) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={role})
    page.add_init_script(COUNT_RINGS)
    sign_in(page)
    expect(page.locator("#sound")).to_have_text("Suono attivo")
    room.journal.record(forced_entry(Scene("SCALA-B-P3", DOOR, room.clock.now() - 40)))
    expect(page.locator("#waiting .row")).to_contain_text(DOOR)
    expect(page.locator("#call-open")).to_contain_text("1 allarme non visto")
    assert (page.evaluate("rings") > 0) is rings


def test_keys_do_nothing_behind_a_dialog(room: Room, page: Page, scene: Scene) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.OPERATOR, Role.SUPERVISOR})
    room.accounts.create("g.verdi", PASSWORD)
    sign_in(page)
    page.get_by_role("button", name="Account", exact=True).click()
    sheet = page.get_by_role("dialog")
    box = sheet.locator('[data-account="g.verdi"]').get_by_label("Revisore")
    box.click()  # the list is made anew, and the focus is nowhere
    expect(box).to_be_checked()
    expect(box).to_be_enabled()
    for key in ("j", "3", "h", "w"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    for other in ("#wall", "#archive", ".head"):
        expect(page.locator(other)).to_be_hidden()
    assert room.records("incident.viewed") == []
    page.keyboard.press("j")
    expect(page.locator(".head")).to_contain_text(DOOR)


def test_a_supervisor_sees_pictures_and_grants_visits_but_leaves_decisions_to_operators(
    room: Room, page: Page, scene: Scene
) -> None:
    look(room, page, Role.SUPERVISOR)
    expect(page.locator(".screen video")).to_be_visible()
    expect(page.get_by_role("button", name="Nuovo ordine")).to_be_visible()
    expect(page.get_by_role("button", name="Conserva per ordine…")).to_be_visible()
    expect(page.locator(".decision")).to_be_hidden()


def test_an_operator_decides_and_grants_no_visit(room: Room, page: Page, scene: Scene) -> None:
    look(room, page, Role.OPERATOR)
    expect(page.locator(".decision").get_by_role("button", name="Conferma")).to_be_visible()
    expect(page.get_by_role("button", name="Nuovo ordine")).to_be_hidden()


def test_other_roles_end_the_session_on_the_page(room: Room, page: Page, scene: Scene) -> None:
    look(room, page, Role.OPERATOR)
    room.accounts.create("g.verdi", PASSWORD)
    room.roster.change(OPERATOR, by="g.verdi", add={Role.AUDITOR}, remove={Role.OPERATOR})
    expect(page.get_by_role("heading", name="Accesso operatore")).to_be_visible()
    expect(page.locator("#incident")).not_to_contain_text(DOOR)


def test_a_code_is_asked_for_when_it_is_needed(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    address = SecondFactors(engine=room.engine, clock=room.clock).enrol(OPERATOR, by="console/anna")
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    page.goto("/")
    form = page.locator("#login-form")
    field = form.get_by_label("Codice temporaneo")
    expect(field).to_be_hidden()
    form.get_by_label("Nome operatore").fill(OPERATOR)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Entra").click()
    expect(field).to_be_focused()
    expect(form.get_by_role("alert")).to_have_text("Inserire il codice temporaneo dell'app di autenticazione.")
    right = app.generate(int(room.clock.now())).decode()
    field.fill("000000" if right != "000000" else "111111")
    form.get_by_role("button", name="Entra").click()
    expect(form.get_by_role("alert")).to_contain_text("codice errato o già usato")
    form.get_by_label("Password").fill(PASSWORD)
    field.fill(app.generate(int(room.clock.now())).decode())
    form.get_by_role("button", name="Entra").click()
    expect(page.locator("#operator")).to_have_text(OPERATOR)
    page.get_by_role("button", name="Esci").click()
    expect(form.get_by_label("Nome operatore")).to_be_visible()
    expect(field).to_be_hidden()


def test_a_supervisor_keeps_the_accounts(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.SUPERVISOR})
    sign_in(page)
    page.get_by_role("button", name="Account", exact=True).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Nome operatore").fill("g.verdi")
    sheet.get_by_label("Password").fill(PASSWORD)
    sheet.get_by_label("Ruolo").select_option("auditor")
    sheet.get_by_role("button", name="Crea account").click()
    row = sheet.locator('[data-account="g.verdi"]')
    expect(row.get_by_label("Revisore")).to_be_checked()
    row.get_by_label("Revisore").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Serve almeno un ruolo")
    expect(row.get_by_label("Revisore")).to_be_checked()
    row.get_by_label("Tecnico").click()
    expect(row.get_by_label("Tecnico")).to_be_checked()
    expect(row.get_by_label("Tecnico")).to_be_enabled()
    assert {member.name: member.roles for member in room.roster.members()}["g.verdi"] == {Role.AUDITOR, Role.TECHNICIAN}
    row.get_by_role("button", name="Chiudi account").click()
    row.get_by_role("button", name="Premere di nuovo per chiudere").click()
    expect(row).to_contain_text("chiuso")
    expect(row.get_by_label("Tecnico")).to_be_disabled()
    assert not room.accounts.authenticate("g.verdi", PASSWORD)
    assert room.records("operator.closed") == ["g.verdi"]
    sheet.get_by_role("button", name="Chiudi", exact=True).click()
    expect(sheet).to_be_hidden()


def test_nothing_of_the_accounts_stays_when_the_session_ends(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.SUPERVISOR})
    room.accounts.create("g.verdi", PASSWORD)
    sign_in(page)
    page.get_by_role("button", name="Account", exact=True).click()
    expect(page.locator("[data-account]")).to_have_count(2)
    room.roster.change(OPERATOR, by="g.verdi", add={Role.AUDITOR})
    expect(page.get_by_role("heading", name="Accesso operatore")).to_be_visible()
    expect(page.locator("[data-account]")).to_have_count(0)
    page.get_by_label("Nome operatore").locator("visible=true").fill(OPERATOR)


def test_the_accounts_are_offered_to_supervisors_alone(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.OPERATOR})
    sign_in(page)
    expect(page.get_by_role("button", name="Account", exact=True)).to_be_hidden()
