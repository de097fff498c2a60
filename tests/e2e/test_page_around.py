"""Around an incident: where it is on the floor plan, and what was at the same door before."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.plan import FILE, stair_b
from tests.e2e.seed import (
    CODE,
    OPERATOR,
    PASSWORD,
    Room,
    Scene,
    add_pictures,
    camera_covered,
    forced_entry,
    furnish,
    lingering,
    tampering,
)
from tests.e2e.test_page_aftermath import choose
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.role import Role
from vigilanza.web.setup import SetupCode

DOOR = "0423.B.03.12"
DAY = 86400.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(copy(FILE, tmp_path))


@pytest.fixture
def room(tmp_path: Path, file: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, setup=SetupCode(CODE), plans=[stair_b(file)])


@pytest.fixture
def scene(room: Room) -> Scene:
    """Somebody enters; there was something before."""
    now = room.clock.now()
    before = [Scene("SCALA-B-P3", DOOR, now - days * DAY) for days in (3, 8, 11)]
    for tell, one in zip((tampering, forced_entry, lingering), before, strict=True):
        room.journal.record(tell(one))
    room.journal.record(camera_covered(Scene("SCALA-B-P3", None, now - 5 * DAY)))
    room.journal.decide(Decision(before[0].incident, OPERATOR, now - 3 * DAY + 90, reason=RejectReason.CHILDREN))
    room.journal.decide(Decision(before[1].incident, OPERATOR, now - 8 * DAY + 60, avs=3))
    scene = Scene("SCALA-B-P3", DOOR, now - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    return scene


def test_the_plan_lights_the_camera_and_the_door(console: Page, scene: Scene) -> None:
    choose(console, scene)
    plan = console.get_by_role("img", name=f"Pianta Scala B, piani 3 e 4: qui SCALA-B-P3, {DOOR}")
    expect(plan).to_be_visible()
    expect(plan.locator(".of-camera.here")).to_have_attribute("data-spot", "SCALA-B-P3")
    expect(plan.locator(".of-door.here")).to_have_attribute("data-spot", DOOR)
    expect(plan.locator(".spot:not(.here)")).to_have_count(3)
    console.get_by_role("button", name="EN", exact=True).click()
    expect(console.get_by_role("img", name="Floor plan Scala B")).to_be_visible()


def test_without_its_picture_a_plan_takes_no_room(console: Page, scene: Scene, file: Path) -> None:
    file.unlink()
    choose(console, scene)
    expect(console.locator(".past li")).not_to_have_count(0)
    expect(console.locator(".plan")).to_be_hidden()


def test_the_last_thirty_days_are_counted_and_lead_further(room: Room, console: Page, scene: Scene) -> None:
    choose(console, scene)
    past = console.locator(".past")
    for name, number in (("confirmed", 1), ("rejected", 1), ("undecided", 0), ("attention", 1), ("camera", 1)):
        expect(past.locator(f"[data-count={name}] dd")).to_have_text(str(number))
    rows = past.locator("li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("Respinto · Bambini")
    expect(rows.nth(2)).to_contain_text("Confermato · AVS 3")
    rows.nth(2).get_by_role("button").press("Enter")
    expect(console.locator(".verdict")).to_contain_text("Confermato AVS 3")
    expect(past.locator("[data-count=undecided] dd")).to_have_text("1")
    assert len(room.records("incident.past_viewed")) == 2


def test_a_technician_is_not_told_of_the_past(room: Room, page: Page, scene: Scene) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    sign_in(page)
    choose(page, scene)
    expect(page.locator(".plan")).to_be_visible()
    expect(page.locator(".past")).to_be_hidden()
    assert room.records("incident.past_viewed") == []
