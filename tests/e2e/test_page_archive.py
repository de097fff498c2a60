"""The archive on the page: found, counted, opened and exported, by mouse and by keys."""

import csv
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, VMS, Room, Scene, camera_covered, forced_entry, lingering, tampering
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.role import Role

B, A = "0423.B.03.12", "0423.A.01.12"
DAY = 86400.0


@pytest.fixture
def past(room: Room) -> list[Scene]:
    """Four weeks: a forced entry that was confirmed three days ago, and much that was none or is undecided."""
    dice, now = random.Random(7), room.clock.now()
    forced = Scene("SCALA-B-P3", B, now - 3 * DAY)
    room.journal.record(forced_entry(forced))
    room.journal.decide(Decision(forced.incident, OPERATOR, forced.began + 70, avs=3))
    scenes = [forced]
    for number in range(60):
        camera, door = dice.choice([("SCALA-B-P3", B), ("SCALA-A-P1", A), ("SCALA-A-P1", None)])
        scene = Scene(camera, door, now - 4 * DAY - dice.random() * 22 * DAY)
        decided = door is None or number % 4 > 0
        told = camera_covered if door is None else dice.choice([lingering, tampering]) if decided else lingering
        room.journal.record(told(scene))
        if decided:
            reason = dice.choice(list(RejectReason))
            room.journal.decide(Decision(scene.incident, OPERATOR, scene.began + 60, reason=reason))
        scenes.append(scene)
    delivery = room.outbox.claim(VMS, now=room.clock.now())
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt("r-1"), now=delivery.alert.at + 10 * DAY)
    return scenes


def open_archive(console: Page) -> None:
    console.get_by_role("button", name="Archivio (h)").click()
    expect(console.locator("#archive-count")).to_contain_text("incidenti")


def test_the_archive_shows_what_happened_and_its_figures(room: Room, past: list[Scene], console: Page) -> None:
    open_archive(console)
    expect(console.locator("#archive-count")).to_have_text("61 di 61 incidenti")
    first = console.locator("#archive-rows tr").first
    expect(first).to_contain_text("Ingresso di una persona")
    expect(first).to_contain_text("AVS 3")
    expect(console.get_by_role("img", name="Per giorno")).to_be_visible()
    assert console.locator('[data-figure="figures.days"] svg rect.rejected').count() > 5
    expect(console.locator('[data-figure="figures.false_alarms"]')).to_contain_text("Al 95 % fra")
    expect(console.locator('[data-figure="figures.recall"]')).to_contain_text(
        "92,3 %trovati 12 di 13, in 13 registrazioni"
    )
    expect(console.locator('[data-figure="figures.recall"]')).to_contain_text(
        "da 66,7 % a 98,6 %; in tempo (entro 10 s): 84,6 %"
    )
    expect(console.locator('[data-figure="figures.latency"]')).to_contain_text(VMS)
    assert room.records("history.searched") == room.records("history.counted") == ["history"]


def test_what_is_chosen_narrows_it_and_the_figures(room: Room, past: list[Scene], console: Page) -> None:
    open_archive(console)
    console.locator("#archive-form [name=door]").select_option(B)
    console.locator("#archive-form [name=outcome]").select_option("confirmed")
    console.get_by_role("button", name="Cerca").click()
    expect(console.locator("#archive-count")).to_have_text("1 di 1 incidenti")
    expect(console.locator('[data-figure="figures.false_alarms"]')).to_contain_text("solo per l'intero sito")
    doors = console.locator('[data-figure="figures.doors"] tbody tr')
    expect(doors).to_have_count(1)
    at_door = sum(scene.door == B for scene in past)
    expect(doors.locator("td").last).to_have_text(str(at_door))
    expect(console.locator("#archive-form [name=door]")).to_have_value(B)


def test_a_row_opens_its_incident_and_the_archive_is_still_there_afterwards(
    room: Room, past: list[Scene], console: Page
) -> None:
    console.keyboard.press("h")
    expect(console.locator("#archive-count")).to_contain_text("61")
    expect(console.locator("#archive-form [name=from]")).to_be_focused()
    console.locator("#archive-rows button").first.focus()
    console.keyboard.press("j")
    console.keyboard.press("k")
    console.keyboard.press("Enter")
    expect(console.locator("#archive")).to_be_hidden()
    expect(console.locator(".head")).to_contain_text(B)
    assert room.records("incident.viewed") == [str(past[0].incident)]
    console.keyboard.press("h")
    expect(console.locator("#archive-rows tr")).to_have_count(61)
    console.locator("#archive-rows button").first.focus()
    console.keyboard.press("Escape")
    expect(console.locator("#incident")).to_be_visible()
    console.keyboard.press("h")
    expect(console.locator("#archive-form [name=from]")).to_be_focused()
    console.keyboard.press("Escape")
    expect(console.locator("#incident")).to_be_visible()
    assert room.records("history.searched") == ["history"]


def test_an_alarm_calls_above_the_archive(room: Room, past: list[Scene], console: Page) -> None:
    open_archive(console)
    alarm = Scene("SCALA-B-P3", B, room.clock.now() - 30)
    room.journal.record(forced_entry(alarm))
    call = console.locator("#call-open")
    expect(call).to_be_visible()
    call.click()
    expect(console.locator("#archive")).to_be_hidden()
    expect(console.locator(".head")).to_contain_text(B)


def test_the_table_is_saved_as_it_was_asked(room: Room, past: list[Scene], console: Page, tmp_path: Path) -> None:
    open_archive(console)
    console.locator("#archive-form [name=camera]").select_option("SCALA-B-P3")
    with console.expect_download() as saved:
        console.get_by_role("link", name="Esporta CSV").click()
    assert re.fullmatch(r"vigilanza-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", saved.value.suggested_filename)
    saved.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == sum(scene.camera == "SCALA-B-P3" for scene in past)
    assert {row["camera"] for row in rows} == {"SCALA-B-P3"}
    assert room.records("history.exported") == ["history"]


def test_more_than_a_page_comes_when_it_is_asked_for(room: Room, console: Page) -> None:
    for number in range(130):
        room.journal.record(lingering(Scene("SCALA-A-P1", A, room.clock.now() - DAY - number)))
    open_archive(console)
    rows = console.locator("#archive-rows tr")
    expect(rows).to_have_count(100)
    console.get_by_role("button", name="Altri").click()
    expect(rows).to_have_count(130)
    expect(console.get_by_role("button", name="Altri")).to_be_hidden()


def test_it_speaks_the_other_language_and_forgets_who_leaves(room: Room, past: list[Scene], console: Page) -> None:
    open_archive(console)
    console.get_by_role("button", name="EN", exact=True).click()
    expect(console.locator("#archive-count")).to_have_text("61 of 61 incidents")
    expect(console.locator('[data-figure="figures.reasons"]')).to_contain_text("Register of rejections")
    expect(console.locator('[data-figure="figures.false_alarms"] .rate b')).to_have_text(re.compile(r"^0\.\d{3}$"))
    console.get_by_role("button", name="Sign out").click()
    expect(console.locator("#login-form")).to_be_visible()
    expect(console.locator("#archive")).to_be_hidden()
    expect(console.locator("#archive-rows tr")).to_have_count(0)


def test_a_technician_is_not_offered_it(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    sign_in(page)
    expect(page.locator("#archive-open")).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator("#archive")).to_be_hidden()
    assert room.records("history.searched") == []
