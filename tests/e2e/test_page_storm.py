"""More alarms than anybody can look at: what is grouped, and what waits beyond the list, is said."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.seed import Room, Scene, forced_entry, tampering
from vigilanza.web.incidents import LIMIT


def storm(room: Room, count: int) -> list[Scene]:
    """Alarms at the doors of one camera."""
    scenes = [Scene("SCALA-B-P3", f"0423.B.03.{number:02d}", room.clock.now() - 60 + number) for number in range(count)]
    for one in scenes:
        room.journal.record(tampering(one))
    return scenes


def test_the_alarms_of_one_camera_are_one_row_that_unfolds(room: Room, console: Page) -> None:
    scenes = storm(room, 6)
    room.journal.record(forced_entry(Scene("SCALA-A-P1", "0423.A.01.12", room.clock.now() - 20)))
    group = console.locator("#waiting .group")
    expect(group).to_contain_text("SCALA-B-P3")
    expect(group).to_contain_text("Tempesta: 6 allarmi. Avvisare il tecnico")
    expect(group).to_contain_text("6 non visti")
    expect(console.locator("#waiting .row >> visible=true")).to_have_count(2)
    expect(console.locator("#waiting .row").first).to_contain_text("0423.A.01.12")
    group.click()
    members = console.locator("#waiting .member .code >> visible=true")
    expect(members).to_have_text([one.door or "" for one in scenes])
    console.locator("#waiting .member .row").first.click()
    expect(console.locator("#incident")).to_contain_text(scenes[0].door or "")
    expect(console.get_by_text("Vale per tutte")).to_be_hidden()
    console.keyboard.press("r")
    console.keyboard.press("6")
    console.keyboard.press("Enter")
    expect(console.locator(".verdict")).to_contain_text("Respinto")
    expect(group).to_contain_text("Tempesta: 5 allarmi")
    expect(members).to_have_count(5)


def test_a_fourth_alarm_does_not_fold_away_what_is_worked_on(room: Room, console: Page) -> None:
    scenes = storm(room, 3)
    expect(console.locator("#waiting .group")).to_have_count(0)
    console.get_by_role("button", name=re.compile(scenes[1].door or "")).click()
    room.journal.record(tampering(Scene("SCALA-B-P3", "0423.B.03.99", room.clock.now() - 20)))
    expect(console.locator("#waiting .group")).to_have_attribute("aria-expanded", "true")
    expect(console.locator("#waiting .member .row >> visible=true")).to_have_count(4)


def test_what_waits_beyond_the_list_is_said(room: Room, console: Page) -> None:
    began = room.clock.now() - 600
    told = [tampering(Scene(f"cam-{number}", f"0423.C.{number}", began + number)) for number in range(LIMIT + 3)]
    room.journal.record([event for one in told for event in one])
    expect(console.locator("#waiting-count")).to_have_text(str(LIMIT + 3))
    beyond = console.locator("#waiting-beyond")
    expect(beyond).to_have_text("Altri 3 aspettano: compaiono qui man mano che si decide.")
    console.locator("#top [data-language=en]").click()
    expect(beyond).to_have_text("3 more are waiting: they appear here as you decide.")
