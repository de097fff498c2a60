"""The operator's page in a real browser, from first start to decision."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry, lingering, tampering
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.events import EventKind, Phase, Severity


def tell_forced_entry(room: Room, *, pictures: bool = False) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 40)
    room.journal.record(forced_entry(scene))
    if pictures:
        add_pictures(room, scene, seconds=2.0)
    return scene


def tell_tampering(room: Room) -> Scene:
    scene = Scene("SCALA-A-P1", "0423.A.01.04", room.clock.now() - 90)
    room.journal.record(tampering(scene))
    return scene


def test_first_operator_is_made_with_the_code_from_the_console(room: Room, page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Primo avvio")).to_be_visible()
    form = page.locator("#setup-form")
    expect(form.get_by_label("Codice di configurazione")).to_be_focused()
    form.get_by_label("Codice di configurazione").fill("AAAA-AAAA-AAAA")
    form.get_by_label("Nome operatore").fill(OPERATOR)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Crea operatore").click()
    expect(form.get_by_role("alert")).to_have_text("Codice di configurazione errato.")
    assert not room.accounts.has_any()
    form.get_by_label("Codice di configurazione").fill(CODE.lower())
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Crea operatore").click()
    expect(page.locator("#operator")).to_have_text(OPERATOR)
    expect(page.get_by_text("Nessun incidente da decidere.")).to_be_visible()
    page.reload()
    expect(page.locator("#operator")).to_have_text(OPERATOR)
    page.get_by_role("button", name="Esci").click()
    expect(page.get_by_role("heading", name="Accesso operatore")).to_be_visible()


def test_wrong_password_is_said_in_words(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    page.goto("/")
    form = page.locator("#login-form")
    expect(form.get_by_label("Nome operatore")).to_be_focused()
    form.get_by_label("Nome operatore").fill(OPERATOR)
    form.get_by_label("Password").fill("not this one")
    form.get_by_role("button", name="Entra").click()
    expect(form.get_by_role("alert")).to_contain_text("Nome o password errati")


def test_the_cursor_stays_where_somebody_types_while_the_page_still_gets_its_words(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    held: list[Route] = []
    page.route(re.compile("/locale/"), lambda route: held.append(route))
    with page.expect_request(re.compile("/locale/")):
        page.goto("/")
    form = page.locator("#login-form")
    form.get_by_label("Nome operatore").click()
    page.keyboard.type(OPERATOR)
    page.keyboard.press("Tab")
    with page.expect_response(re.compile("/locale/")):
        held[0].continue_()
    expect(page.locator("#clock")).not_to_be_empty()
    page.keyboard.type(PASSWORD)
    expect(form.get_by_label("Nome operatore")).to_have_value(OPERATOR)
    expect(form.get_by_label("Password")).to_have_value(PASSWORD)


def test_incident_is_confirmed_by_mouse_in_two_steps(room: Room, console: Page) -> None:
    scene = tell_forced_entry(room)
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    expect(console.get_by_role("heading", name="Porta 0423.B.03.12 – ingresso di una persona")).to_be_visible()
    decision = console.locator(".decision")
    expect(decision.get_by_role("button", name="Conferma")).to_be_disabled()
    decision.get_by_text("Forzatura o ingresso").click()
    assert room.queries.incident(scene.incident).decision is None  # type: ignore[union-attr]  # it was recorded above
    decision.get_by_role("button", name="Conferma AVS 3").click()
    expect(decision).to_contain_text("Confermato AVS 3 · Forzatura o ingresso")
    expect(decision).to_contain_text(OPERATOR)
    view = room.queries.incident(scene.incident)
    assert view is not None
    assert view.decision is not None
    assert (view.decision.operator, view.decision.avs) == (OPERATOR, 3)
    expect(console.locator("#decided .row")).to_have_count(1)
    expect(console.locator(".debt").filter(has_text="centrale-operativa")).to_contain_text("In attesa")


def test_incident_is_rejected_by_mouse_with_a_reason(room: Room, console: Page) -> None:
    scene = tell_tampering(room)
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    decision = console.locator(".decision")
    decision.get_by_role("button", name="Respingi").click()
    expect(decision.get_by_role("button", name="Respingi")).to_be_disabled()
    decision.get_by_text("Lavori autorizzati").click()
    decision.get_by_role("button", name="Respingi").click()
    expect(decision).to_contain_text("Respinto · Lavori autorizzati")
    view = room.queries.incident(scene.incident)
    assert view is not None
    assert view.decision is not None
    assert view.decision.reason is RejectReason.AUTHORISED_WORK


def test_incident_is_decided_with_the_keyboard_alone(room: Room, console: Page) -> None:
    first, second = tell_forced_entry(room), tell_tampering(room)
    expect(console.locator("#waiting .row")).to_have_count(2)
    console.keyboard.press("j")
    expect(console.locator(".choice")).to_have_count(4)
    console.keyboard.press("4")
    console.keyboard.press("Escape")
    expect(console.get_by_role("button", name="Conferma")).to_be_disabled()
    console.keyboard.press("Enter")
    console.keyboard.press("3")
    console.keyboard.press("Enter")
    expect(console.locator(".decision")).to_contain_text("Confermato AVS 3")
    expect(console.get_by_role("button", name="Prossimo da decidere")).to_be_focused()
    console.keyboard.press("Enter")
    expect(console.locator(".head")).to_contain_text(second.door or "")
    console.keyboard.press("r")
    console.keyboard.press("9")
    console.keyboard.press("Enter")
    expect(console.locator(".decision")).to_contain_text("Respinto · Prova")
    assert len(room.records("incident.confirmed")) == 1
    assert room.records("incident.confirmed") == [str(first.incident)]


def test_decision_can_be_revised(room: Room, console: Page) -> None:
    scene = tell_tampering(room)
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    decision = console.locator(".decision")
    decision.get_by_text("Persona presente").click()
    decision.get_by_role("button", name="Conferma AVS 2").click()
    decision.get_by_role("button", name="Rivedi").click()
    decision.get_by_role("button", name="Lascia com'è").click()
    expect(decision).to_contain_text("Confermato AVS 2")
    decision.get_by_role("button", name="Rivedi").click()
    expect(decision).to_contain_text("Sostituisce: Confermato AVS 2")
    decision.get_by_text("Pericolo per la vita").click()
    decision.get_by_role("button", name="Conferma AVS 4").click()
    expect(decision).to_contain_text("Confermato AVS 4")
    view = room.queries.incident(scene.incident)
    assert view is not None
    assert [one.avs for one in view.decisions] == [2, 4]


def become_graver(room: Room, scene: Scene) -> None:
    """From lingering to a forced entry, a second from now."""
    later = [event for event in forced_entry(scene) if event.sequence > 0]
    shift = room.clock.now() + 1 - later[0].at
    room.journal.record(
        [
            scene.event(event.sequence, event.kind, event.severity, event.phase, event.at - scene.began + shift)
            for event in later
        ]
    )


def test_rejected_incident_that_becomes_graver_calls_again(room: Room, console: Page) -> None:
    scene = Scene("SCALA-C-P2", "0423.C.02.09", room.clock.now() - 30)
    room.journal.record(lingering(scene))
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    console.locator(".decision").get_by_role("button", name="Respingi").click()
    console.locator(".decision").get_by_text("Residente").click()
    console.locator(".decision").get_by_role("button", name="Respingi").click()
    expect(console.locator("#decided .row")).to_have_count(1)
    become_graver(room, scene)
    expect(console.locator(".decision")).to_contain_text("Da allora fatti più gravi")
    expect(console).to_have_title(re.compile("1 allarme non visto"))
    console.get_by_role("button", name="Apri il più urgente").click()
    expect(console.locator("#waiting .row")).to_contain_text("Da rivedere")
    expect(console.get_by_text("Nessun allarme in attesa")).to_be_visible()
    console.locator(".decision").get_by_text("Forzatura o ingresso").click()
    console.get_by_role("button", name="Conferma AVS 3").click()
    expect(console.locator(".decision")).to_contain_text("Confermato AVS 3")


def test_an_incident_that_becomes_graver_while_it_is_rejected_is_asked_about_again(room: Room, console: Page) -> None:
    scene = Scene("SCALA-C-P2", "0423.C.02.09", room.clock.now() - 30)
    room.journal.record(lingering(scene))

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        become_graver(room, scene)
        route.fulfill(response=answer)

    console.route(re.compile("/reject$"), answer_late)
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    decision = console.locator(".decision")
    decision.get_by_role("button", name="Respingi").click()
    decision.get_by_text("Residente").click()
    decision.get_by_role("button", name="Respingi").click()
    expect(decision).to_contain_text("Da allora fatti più gravi")
    expect(decision.get_by_role("button", name="Conferma")).to_be_disabled()
    decision.get_by_text("Forzatura o ingresso").click()
    expect(console.get_by_role("button", name="Conferma AVS 3")).to_be_enabled()


def test_seen_and_rejected_incident_calls_again_at_the_same_severity(room: Room, console: Page) -> None:
    scene, other = tell_tampering(room), Scene("SCALA-C-P2", "0423.C.02.09", room.clock.now() - 30)
    room.journal.record(lingering(other))
    console.get_by_role("button", name=re.compile(scene.door or "")).click()
    decision = console.locator(".decision")
    decision.get_by_role("button", name="Respingi").click()
    decision.get_by_text("Residente").click()
    decision.get_by_role("button", name="Respingi").click()
    expect(console.locator("#decided .row")).to_have_count(1)
    console.get_by_role("button", name=re.compile(other.door or "")).click()
    expect(console.get_by_text("Nessun allarme in attesa")).to_be_visible()
    after = room.clock.now() + 1 - scene.began
    room.journal.record([scene.event(2, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED, after)])
    expect(console).to_have_title(re.compile("1 allarme non visto"))
    expect(console.locator("#waiting .row").first).to_contain_text("non visto")
    console.get_by_role("button", name="Apri il più urgente").click()
    expect(console.locator(".head")).to_contain_text(scene.door or "")
    expect(console.get_by_text("Nessun allarme in attesa")).to_be_visible()


def test_every_word_changes_with_the_language(room: Room, console: Page) -> None:
    tell_forced_entry(room)
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    expect(console.locator(".story")).to_contain_text("mani sull'anta")
    expect(console.locator(".story .sentence")).to_contain_text("Alla porta 0423.B.03.12: porta vista aperta alle")
    console.locator("#top").get_by_role("button", name="EN").click()
    expect(console.get_by_role("heading", name="Door 0423.B.03.12 – a person went in")).to_be_visible()
    expect(console.locator(".story")).to_contain_text("hands on the leaf")
    expect(console.locator(".story .sentence")).to_have_text(re.compile("door seen open at .*; one person went in$"))
    expect(console.locator("html")).to_have_attribute("lang", "en")
    console.reload()
    expect(console.get_by_role("heading", name="To decide")).to_be_visible()
    expect(console.get_by_role("heading", name="Door 0423.B.03.12 – a person went in")).to_be_visible()
