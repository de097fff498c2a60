"""What axe-core finds on the screens of what follows a decision, in both languages: nothing that keeps people out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.plan import stair_b
from tests.e2e.seed import (
    CODE,
    OPERATOR,
    PASSWORD,
    VMS,
    Room,
    Scene,
    add_pictures,
    forced_entry,
    furnish,
    lingering,
)
from tests.e2e.test_page_accessibility import DOOR, faults, speak
from tests.e2e.test_page_phone import escalate
from vigilanza.domain.delivery import Receipt, SignOfLife
from vigilanza.domain.role import Role
from vigilanza.store.handovers import Handovers
from vigilanza.store.holds import Holds
from vigilanza.store.lines import Lines
from vigilanza.web.setup import SetupCode


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, setup=SetupCode(CODE), plans=[stair_b()])


def test_what_follows_a_confirmation(room: Room, console: Page, language: str) -> None:
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 60)
    room.journal.record(lingering(Scene("SCALA-B-P3", DOOR, room.clock.now() - 5 * 86400)))
    room.journal.record(forced_entry(Scene("SCALA-B-P3", DOOR, room.clock.now() - 6 * 86400)))
    escalate(room, scene)
    Handovers(engine=room.engine, clock=room.clock).write("fabbro alle 8", by="a.bianchi", about=[scene.incident])
    speak(console, language)
    console.locator(f'[data-id="{scene.incident}"]').click()
    expect(console.locator(".past li")).to_have_count(2)
    expect(console.locator(".drawn-plan")).to_be_visible()
    console.keyboard.press("t")
    expect(console.locator(".telephone .sheet")).to_be_visible()
    found = faults(console, "telephone")
    form = console.locator(".telephone form")
    form.locator("[name=whom]").first.check()
    for name in ("spoke_with", "said"):
        form.locator(f"[name={name}]").fill("x")
    form.locator("[type=submit]").click()
    expect(console.locator(".aftermath ol li")).to_have_count(1)
    console.locator(".aftermath [data-step=minors_present].plain").click()
    console.locator(".aftermath [type=submit]").click()
    expect(console.locator(".aftermath .task")).not_to_be_empty()
    console.locator(".aftermath [data-step=on_site].plain").click()
    found += faults(console, "steps")
    assert found == []


def test_the_change_of_shift(room: Room, console: Page, language: str) -> None:
    escalate(room, Scene("SCALA-B-P3", DOOR, room.clock.now() - 60))
    handovers = Handovers(engine=room.engine, clock=room.clock)
    handovers.take(handovers.write("di ieri", by=OPERATOR).id, by="a.bianchi")
    handovers.write("luce rotta", by="a.bianchi")
    speak(console, language)
    console.locator("#handover-line").click()
    console.locator("#handover-about input").check()
    console.locator("#handover textarea").fill("x")
    console.locator("#handover-earlier summary").click()
    assert faults(console, "change of shift") == []


def test_the_audit_chain(room: Room, console: Page, language: str) -> None:
    room.journal.record(forced_entry(Scene("SCALA-B-P3", DOOR, room.clock.now() - 60)))
    speak(console, language)
    console.locator("#waiting .row").click()
    console.locator("#trail-open").click()
    expect(console.locator("#trail-rows tr")).not_to_have_count(0)
    console.locator("#trail-check").click()
    expect(console.locator("#trail-state [data-state=holds]")).not_to_have_count(0)
    assert faults(console, "audit chain") == []


def test_what_two_persons_must_say(room: Room, console: Page, language: str) -> None:
    scene = Scene("SCALA-B-P3", DOOR, room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    holds = Holds(engine=room.engine, clock=room.clock)
    held = holds.place(scene.incident, authority="Procura", protocol="1", until=scene.began + 9e5, by="a.bianchi")
    holds.release(held.id, by="a.bianchi")
    asked = room.exports.ask(scene.incident, recipient="Procura", reason="prot. 1", by="a.bianchi")
    room.exports.grant(asked.export.id, by="l.verdi")
    room.exports.ask(scene.incident, recipient="Questura", reason="prot. 2", by="a.bianchi")
    speak(console, language)
    console.locator("#waiting .row").click()
    expect(console.locator(".exports li")).to_have_count(2)
    expect(console.locator(".custody li button")).to_have_count(2)
    assert faults(console, "approvals") == []


def test_the_lines(room: Room, page: Page, language: str) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.SUPERVISOR, Role.TECHNICIAN})
    lines = Lines(room.engine)
    lines.found(VMS, SignOfLife(0.4), room.clock.now())
    lines.lost(CONTROL_ROOM, "cannot be reached (Connection refused)", room.clock.now())
    sign_in(page)
    speak(page, language)
    expect(page.locator("#lines-notice")).to_be_visible()
    found = faults(page, "a line is broken")
    page.locator("#lines-open").click()
    row = page.locator(f'#lines-list [data-destination="{VMS}"]')
    row.get_by_role("button").click()
    expect(row.get_by_role("status")).not_to_be_empty()
    found += faults(page, "a line is tested")
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt("taken"), now=room.clock.now())
    expect(row.get_by_role("status")).to_contain_text("taken")
    found += faults(page, "lines")
    assert found == []
