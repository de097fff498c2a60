"""What arrives on the operator's page by itself: incidents, receipts, pictures, a broken line."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import COUNT_RINGS, sign_in
from tests.e2e.seed import (
    OPERATOR,
    PASSWORD,
    VMS,
    Room,
    Scene,
    add_pictures,
    camera_covered,
    forced_entry,
    furnish,
    lingering,
    tampering,
)
from tests.e2e.server import serving
from vigilanza.domain.delivery import Receipt


@pytest.fixture
def scene(room: Room) -> Scene:
    return Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 30)


def test_new_alarm_arrives_and_calls_without_reloading(room: Room, console: Page, scene: Scene) -> None:
    expect(console.get_by_text("Nessun allarme in attesa")).to_be_visible()
    room.journal.record(forced_entry(scene))
    row = console.locator("#waiting .row")
    expect(row).to_contain_text("Critico")
    expect(row).to_contain_text("0423.B.03.12")
    expect(row).to_contain_text("SCALA-B-P3")
    expect(row).to_contain_text("non visto")
    expect(console).to_have_title(re.compile("1 allarme non visto"))
    expect(console.locator("#favicon")).to_have_attribute("href", "/static/icon-alarm.svg")
    expect(console.get_by_role("alert").filter(has_text="Nuovo: Critico. Porta 0423.B.03.12")).to_be_attached()
    assert room.records("incident.viewed") == []
    console.get_by_role("button", name="Apri il più urgente").click()
    expect(console.get_by_text("Nessun allarme in attesa")).to_be_visible()
    expect(console).to_have_title("Sala di controllo – Stadera 1")
    assert room.records("incident.viewed") == [str(scene.incident)]


def test_sound_is_on_until_it_is_switched_off(console: Page) -> None:
    sound = console.locator("#sound")
    expect(sound).to_have_text("Suono attivo")
    sound.click()
    expect(sound).to_have_text("Suono spento")
    expect(sound).to_have_attribute("aria-pressed", "false")
    console.reload()
    expect(sound).to_have_text("Suono spento")
    sound.click()
    expect(sound).to_have_text("Suono attivo")
    console.reload()
    expect(sound).to_have_text("Suono bloccato: premere")
    sound.click()
    expect(sound).to_have_text("Suono attivo")


def test_list_is_in_order_of_urgency(room: Room, console: Page) -> None:
    now = room.clock.now()
    room.journal.record(lingering(Scene("C3", "0423.C.02.09", now - 900)))
    room.journal.record(tampering(Scene("C2", "0423.A.01.04", now - 60)))
    room.journal.record(tampering(Scene("C5", "0423.A.09.09", now - 600)))
    room.journal.record(forced_entry(Scene("C1", "0423.B.03.12", now - 30)))
    codes = ["0423.B.03.12", "0423.A.09.09", "0423.A.01.04", "0423.C.02.09"]
    expect(console.locator("#waiting .code")).to_have_text(codes)


def test_delivery_turns_green_with_its_receipt(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(lingering(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    debt = console.locator(".debt")
    expect(debt).to_have_attribute("data-state", "pending")
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt("202 evt-7f3a"), room.clock.now())
    expect(debt).to_have_attribute("data-state", "acknowledged")
    expect(debt).to_contain_text("ricevuta 202 evt-7f3a")


def test_refused_delivery_is_tried_again_or_written_off_by_two(
    room: Room, console: Page, scene: Scene, colleague: Callable[[], Page]
) -> None:
    room.journal.record(lingering(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    debt = console.locator(".debt")
    for _ in range(2):
        delivery = room.outbox.claim(VMS, room.clock.now())
        assert delivery is not None
        room.outbox.refuse(delivery, "HTTP 422: unknown unit", now=room.clock.now())
        expect(debt).to_contain_text("HTTP 422: unknown unit")
        expect(debt).to_have_attribute("data-state", "refused")
        if room.records("alert.requeued") == []:
            debt.get_by_role("button", name="Chiedi archiviazione").click()
            debt.get_by_role("button", name="Riprova").click()
            expect(debt.locator("form")).to_have_count(1)
            debt.get_by_label("Motivo del nuovo tentativo").fill("unità ora nota alla centrale")
            debt.get_by_role("button", name="Invia di nuovo").click()
            expect(debt).to_have_attribute("data-state", "pending")
    debt.get_by_role("button", name="Chiedi archiviazione").click()
    debt.get_by_label("Motivo dell'archiviazione").fill("comunicato a voce alla centrale")
    debt.get_by_role("button", name="Invia la richiesta").click()
    expect(debt).to_contain_text(f"archiviazione chiesta da {OPERATOR}")
    debt.get_by_role("button", name="Archivia avviso").click()
    expect(console.locator("#failure")).to_contain_text("chi ha chiesto non può anche archiviare")
    expect(debt).to_have_attribute("data-state", "refused")
    other = colleague()
    other.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    other.locator(".debt").get_by_role("button", name="Archivia avviso").click()
    expect(debt).to_have_attribute("data-state", "written_off")
    expect(debt).to_contain_text(f"{OPERATOR}: comunicato a voce alla centrale (a.bianchi)")
    assert len(room.records("alert.written_off")) == 1
    [requeued] = room.records("alert.requeued")
    assert f"requeued 1: {OPERATOR}: unità ora nota alla centrale" in room.outbox.log_of(UUID(requeued))


def test_clip_arrives_and_plays_in_a_loop(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    expect(console.get_by_text("Nessuna immagine ancora")).to_be_visible()
    add_pictures(room, scene, seconds=2.0)
    video = console.locator(".screen video")
    expect(video).to_have_js_property("loop", True)
    expect(video).to_have_js_property("muted", True)
    expect(video).not_to_have_js_property("currentTime", 0)
    expect(video).to_have_js_property("videoWidth", 640)
    expect(video).to_have_js_property("paused", False)
    expect(console.locator(".strip .still")).to_have_count(3)
    console.locator(".strip .still").last.click()
    expect(console.locator(".screen img")).to_have_js_property("naturalWidth", 640)
    assert len(room.records("media.viewed")) == 4


def test_entry_starts_the_48_hours(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    expect(console.locator(".flagrance")).to_contain_text(re.compile(r"restano 47:59:\d\d"))


def test_blind_camera_is_counted_on_top(room: Room, console: Page) -> None:
    expect(console.locator("#cameras")).to_contain_text("Telecamere cieche 0")
    room.journal.record(camera_covered(Scene("SCALA-D-P0", None, room.clock.now() - 20)))
    expect(console.locator("#cameras")).to_contain_text("Telecamere cieche 1")
    console.get_by_role("button", name=re.compile("SCALA-D-P0")).click()
    expect(console.get_by_role("heading", name="Telecamera SCALA-D-P0 – coperta")).to_be_visible()


def test_session_that_ended_leaves_nothing_on_the_screen(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    expect(console.locator(".head")).to_be_visible()
    [cookie] = [cookie for cookie in console.context.cookies() if cookie["name"] == "vigilanza"]
    room.accounts.close_session(cookie["value"])
    expect(console.get_by_text("La sessione è terminata")).to_be_visible()
    expect(console.locator(".head")).to_have_count(0)
    expect(console.locator(".row")).to_have_count(0)


def test_broken_line_is_said_loudly(tmp_path: Path, browser: Browser) -> None:
    for room in rooms(tmp_path):
        room.accounts.create(OPERATOR, PASSWORD)
        context = browser.new_context()
        page = context.new_page()
        with serving(room.app) as url:
            sign_in(page, url)
        expect(page.locator("#link-lost")).to_contain_text("Server non raggiungibile")
        expect(page.locator("#link")).to_have_attribute("data-state", "down")
        context.close()


def test_a_watch_that_has_stopped_is_said_loudly_until_it_is_back(tmp_path: Path, browser: Browser) -> None:
    silent: list[str] = []
    for room in rooms(tmp_path, silent):
        room.accounts.create(OPERATOR, PASSWORD)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        with serving(room.app) as url:
            page = context.new_page()
            page.add_init_script(COUNT_RINGS)
            sign_in(page, url)
            expect(page.locator("#sound")).to_have_text("Suono attivo")
            assert page.evaluate("rings") == 0
            notice = page.locator("#parts-silent")
            expect(notice).to_be_hidden()
            silent.append("watch-2")
            expect(notice).to_contain_text("La sorveglianza è ferma (watch-2)")
            expect(page.locator("#announcer")).to_contain_text("nessuno guarda queste porte")
            assert page.evaluate("rings") > 0
            page.locator("[data-language=en] >> visible=true").click()
            expect(notice).to_contain_text("The watch has stopped (watch-2)")
            silent[:] = ["relay"]
            expect(notice).to_contain_text("alerts may not be sent")
            silent[:] = ["video"]
            expect(notice).to_contain_text("alarms are raised and sent as ever")
            silent.clear()
            expect(notice).to_be_hidden()
        context.close()


def rooms(folder: Path, silent: Sequence[str] = ()) -> Iterator[Room]:
    yield from furnish(folder, silent=silent)


def test_a_reload_keeps_the_operator_and_the_incident(room: Room, console: Page, scene: Scene) -> None:
    room.journal.record(forced_entry(scene))
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    expect(console.locator(".head")).to_be_visible()
    console.reload()
    expect(console.locator(".head")).to_contain_text("0423.B.03.12")
    console.context.clear_cookies()
    sign_in(console)
