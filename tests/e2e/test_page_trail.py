"""The screen of the audit chain: read, searched and checked by those who watch over it, and by nobody else."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, Scene, forced_entry
from vigilanza.domain.decision import Decision
from vigilanza.domain.role import Role


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    room.journal.decide(Decision(scene.incident, "g.verdi", room.clock.now(), avs=3))
    for number in range(40):
        room.audit.append(who="a.bianchi", action="media.viewed", subject=f"m{number}", detail={"why": "<b>x</b>"})
    return scene


def test_an_auditor_searches_and_checks_by_keyboard(room: Room, page: Page, scene: Scene) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.AUDITOR})
    sign_in(page)
    page.get_by_role("button", name="Registro degli accessi").press("Enter")
    trail = page.locator("#trail")
    rows = trail.locator("tbody tr")
    expect(rows.first).to_contain_text("audit.searched")
    trail.get_by_label("Chi", exact=True).focus()
    page.keyboard.type("g.verdi")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("incident.confirmed")
    expect(rows.first).to_contain_text(str(scene.incident))
    expect(page.locator("#trail-count")).to_have_text("1 di 1 righe")
    trail.get_by_label("Chi", exact=True).fill("")
    trail.locator("[name=action]").select_option("media")
    trail.get_by_role("button", name="Cerca").press("Enter")
    expect(rows).to_have_count(40)
    expect(rows.first).to_contain_text("<b>x</b>")
    trail.get_by_role("button", name="Verifica il registro").press("Enter")
    expect(page.locator("#trail-state")).to_contain_text("righe sono quelle scritte")
    with page.expect_download() as download:
        trail.get_by_role("link", name="Esporta CSV").click()
    assert download.value.path().read_text("utf-8-sig").count("media.viewed") == 40
    page.keyboard.press("Escape")
    expect(trail).to_be_hidden()
    expect(page.get_by_role("button", name="Registro degli accessi")).to_be_focused()
    assert [len(room.records(f"audit.{act}")) for act in ("searched", "checked", "exported")] == [3, 1, 1]


def test_an_operator_alone_has_no_such_screen_and_nothing_stays_for_who_comes_next(
    room: Room, page: Page, scene: Scene
) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.OPERATOR})
    room.accounts.create("d.neri", PASSWORD, roles={Role.DPO})
    sign_in(page, operator="d.neri")
    page.get_by_role("button", name="Registro degli accessi").click()
    expect(page.locator("#trail-rows tr")).not_to_have_count(0)
    page.get_by_role("button", name="Esci").click()
    expect(page.locator("#trail-rows tr")).to_have_count(0)
    sign_in(page)
    expect(page.locator("#trail")).to_be_hidden()
    expect(page.get_by_role("button", name="Registro degli accessi")).to_be_hidden()
