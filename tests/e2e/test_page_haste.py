"""How the page says that an alarm waits too long: for somebody to open it, and then for a decision."""

import pytest
from playwright.sync_api import Page, expect

from tests.commands import wait_until
from tests.e2e.conftest import COUNT_RINGS, sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.web.incidents import REJECTIONS_IN_A_ROW


def tell(room: Room, *, seconds_ago: float) -> None:
    room.journal.record(forced_entry(Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - seconds_ago)))


@pytest.mark.parametrize(("seconds_ago", "haste"), [(1, ""), (35, "soon"), (70, "late")])
def test_an_alarm_that_nobody_opens_shows_how_late_it_is(
    room: Room, page: Page, seconds_ago: float, haste: str
) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    tell(room, seconds_ago=seconds_ago)
    sign_in(page)
    expect(page.locator(".row .age")).to_have_attribute("data-haste", haste)


def test_after_a_minute_somebody_else_is_called_in_words_and_by_more_sound(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    page.add_init_script(COUNT_RINGS)
    tell(room, seconds_ago=40)
    sign_in(page)
    wait_until("the call", lambda: page.evaluate("rings >= 2"))
    assert max(page.evaluate("tones")) < 1000
    expect(page.locator("#announcer")).to_have_text(
        "Un allarme aspetta da più di un minuto e nessuno lo apre.", timeout=45_000
    )
    wait_until("a louder call", lambda: page.evaluate("Math.max(...tones) > 1000"))
    page.locator(".row").click()
    expect(page.locator("body")).to_have_attribute("data-overdue", "false")


@pytest.mark.parametrize(
    ("seconds_ago", "told", "haste"),
    [(20, "decidere entro 2:", ""), (100, "decidere entro 1:", "soon"), (200, "decisione in ritardo", "late")],
)
def test_an_open_incident_says_how_long_there_is_to_decide(
    room: Room, page: Page, seconds_ago: float, told: str, haste: str
) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    tell(room, seconds_ago=seconds_ago)
    sign_in(page)
    page.locator(".row").click()
    due = page.locator(".head .due")
    expect(due).to_contain_text(told)
    expect(due).to_have_attribute("data-haste", haste)
    page.get_by_text("Forzatura o ingresso").first.click()
    page.get_by_role("button", name="Conferma AVS 3").click()
    expect(due).to_have_text("")


def test_an_alarm_that_was_opened_and_left_calls_again(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    page.add_init_script(COUNT_RINGS)
    tell(room, seconds_ago=155)
    sign_in(page)
    page.locator(".row").click()
    expect(page.get_by_text("Nessun allarme in attesa")).to_be_visible()
    before = page.evaluate("rings")
    expect(page.locator("#call-open")).to_contain_text("1 allarme aperto e non deciso", timeout=60_000)
    expect(page.locator("#announcer")).to_have_text("Un allarme è stato aperto da tempo e nessuno l'ha deciso.")
    wait_until("the reminder", lambda: page.evaluate("rings") > before)
    page.get_by_text("Forzatura o ingresso").first.click()
    page.get_by_role("button", name="Conferma AVS 3").click()
    expect(page.get_by_text("Nessun allarme in attesa")).to_be_visible()


def test_after_ten_rejections_of_a_camera_the_next_takes_a_tick(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    for number in range(REJECTIONS_IN_A_ROW):
        scene = Scene("SCALA-B-P3", f"0423.B.03.{number}", room.clock.now() - 1000)
        room.journal.record(forced_entry(scene))
        room.journal.decide(Decision(scene.incident, OPERATOR, room.clock.now(), None, RejectReason.RESIDENT))
    tell(room, seconds_ago=100)
    sign_in(page)
    page.locator("#waiting .row").click()
    page.get_by_role("button", name="Respingi").click()
    page.locator("#incident").get_by_text("Residente").click()
    send = page.get_by_role("button", name="Respingi", exact=True)
    expect(send).to_be_disabled()
    page.get_by_label("Gli ultimi dieci di questa telecamera").check()
    send.click()
    expect(page.locator(".verdict")).to_contain_text("Respinto")
