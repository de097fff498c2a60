"""The page of an exercise: it says so everywhere, and its results never stand before what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.commands import wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, camera_covered, forced_entry, lingering
from tests.e2e.server import serving
from tests.e2e.test_page_accessibility import faults, speak
from tests.practised import DURATION_S, FORCED, QUIET, practised
from vigilanza.app.lessons import SETTLE_S
from vigilanza.domain.decision import Decision, RejectReason

PLAYED_S = DURATION_S + SETTLE_S + 120.0
"""So long ago the recordings began: whatever is decided has its result at once."""


@pytest.fixture
def practice(room: Room, tmp_path: Path) -> Room:
    return practised(room, tmp_path, room.clock.now() - PLAYED_S)


@pytest.fixture
def url(practice: Room) -> Iterator[str]:
    with serving(practice.app) as base:
        yield base


@pytest.fixture
def trainee(practice: Room, page: Page) -> Page:
    """Signed in, and begun."""
    practice.accounts.create(OPERATOR, PASSWORD)
    sign_in(page)
    page.get_by_role("button", name="Inizia").click()
    expect(page.locator("#exercise")).to_be_hidden()
    return page


def happen(room: Room, *, ago: float) -> tuple[Scene, Scene]:
    """One at the forced door, one at the quiet one."""
    now = room.clock.now()
    forced, quiet = Scene(FORCED, f"{FORCED}.S", now - ago), Scene(QUIET, f"{QUIET}.S", now - ago)
    room.journal.record(forced_entry(forced))
    room.journal.record(lingering(quiet))
    return forced, quiet


def test_every_result_says_what_was_right(practice: Room, trainee: Page, language: str) -> None:
    forced, quiet = happen(practice, ago=100.0)
    covered = Scene(FORCED, None, practice.clock.now() - 300)
    practice.journal.record(camera_covered(covered))  # nobody decided in time
    practice.journal.decide(Decision(quiet.incident, OPERATOR, practice.clock.now(), avs=2))
    practice.journal.decide(Decision(forced.incident, OPERATOR, practice.clock.now(), avs=3))
    speak(trainee, language)
    trainee.keyboard.press("e")
    expect(trainee.locator("#exercise-lessons li")).to_have_count(3)
    words = {
        "it": ("troppo tardi", "sbagliato", "giusto, ma tardi", "Andava respinto, con il motivo.", "0% giusti"),
        "en": ("too late", "wrong", "right, but late", "It should have been rejected, with the reason.", "0% right"),
    }[language]
    for scene, word in zip((covered, quiet, forced), words, strict=False):
        expect(trainee.locator(f"[data-incident='{scene.incident}'] .judged")).to_have_text(word)
    expect(trainee.locator(f"[data-incident='{quiet.incident}']")).to_contain_text(words[3])
    expect(trainee.locator("#exercise-score")).to_contain_text(words[4])
    assert faults(trainee, "results") == []
    trainee.keyboard.press("Escape")
    expect(trainee.locator("#exercise")).to_be_hidden()
    assert faults(trainee, "console") == []


def test_results_come_up_by_themselves_unless_something_waits(practice: Room, trainee: Page) -> None:
    forced, quiet = happen(practice, ago=20.0)
    practice.journal.decide(Decision(forced.incident, OPERATOR, practice.clock.now(), avs=3))
    expect(trainee.locator("#exercise-open")).to_have_text("1 nuovo esito")
    expect(trainee.locator("#exercise")).to_be_hidden()
    practice.journal.decide(Decision(quiet.incident, OPERATOR, practice.clock.now(), reason=RejectReason.OTHER))
    expect(trainee.locator("#exercise")).to_be_visible()
    expect(trainee.locator("#exercise-lessons li")).to_have_count(2)
    expect(trainee.locator("#exercise-open")).to_have_text("Esiti")
    practice.journal.record(forced_entry(Scene(QUIET, f"{QUIET}.S", practice.clock.now())))
    expect(trainee.locator("#exercise")).to_be_hidden()
    expect(trainee.locator("#waiting .row")).to_have_count(1)
    trainee.keyboard.press("e")  # whoever asks for them keeps them
    trainee.locator(f"[data-lesson='{forced.incident}']").press("Enter")
    expect(trainee.locator(".head")).to_contain_text(f"{FORCED}.S")


def test_it_says_that_it_is_an_exercise_on_every_screen(practice: Room, page: Page) -> None:
    practice.accounts.create(OPERATOR, PASSWORD)
    page.goto("/")
    banner = page.locator("#exercise-banner")
    expect(banner).to_be_in_viewport()
    expect(page.locator("#exercise-open")).to_be_hidden()
    sign_in(page)
    expect(page.locator("#exercise")).to_be_visible()
    before = page.locator("#exercise").evaluate("(dialog) => getComputedStyle(dialog, '::before').content")
    assert before == '"ESERCITAZIONE / EXERCISE"'
    page.get_by_role("button", name="Inizia").press("Enter")
    for key in ("w", "h"):
        page.keyboard.press(key)
        expect(banner).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
    practice.journal.record(forced_entry(Scene(QUIET, f"{QUIET}.S", practice.clock.now())))
    wait_until("the title to call", lambda: "1 allarme non visto – ESERCITAZIONE / EXERCISE" in page.title())


def test_the_real_page_has_nothing_of_it(room: Room, browser: Browser) -> None:
    with serving(room.app) as url:
        room.accounts.create(OPERATOR, PASSWORD)
        page = browser.new_page()
        sign_in(page, url)
        expect(page.locator("#exercise-banner, #exercise")).to_have_count(0)
        page.close()
