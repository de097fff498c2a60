"""What somebody writes into a field, or a camera or receiver calls itself, is shown as it is and never becomes code."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.commands import wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.place import CONTROL_ROOM
from tests.e2e.seed import OPERATOR, PASSWORD, VMS, Room, Scene, add_pictures, forced_entry, furnish, tampering
from vigilanza.domain.delivery import Receipt
from vigilanza.store.lines import Lines
from vigilanza.web.seen import NoCameras

BAD = '"><img src=x onerror=hurt=1><svg onload=hurt=2>{count}${hurt=3}'
"""For markup, for attributes, for our own places in words, for a script's texts."""
CAMERA, DOOR = BAD.replace("/", ""), "0423.B.03.12"
OTHER_DOOR = f"door {BAD}"
HURT = """() => [window.hurt ?? null, document.querySelectorAll('img[src="x"], svg[onload], [onerror]').length]"""
ASK = """([path, body]) => fetch(path, {
  method: "POST", headers: { "X-Vigilanza": "1", "Content-Type": "application/json" }, body: JSON.stringify(body),
}).then(async (answer) => [answer.status, await answer.json()])"""


class Named(NoCameras):
    """One camera that is called so."""

    def names(self) -> Sequence[str]:
        return [CAMERA]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, live=Named())


@pytest.fixture
def scene(room: Room) -> Scene:
    scene = Scene(CAMERA, DOOR, room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    room.journal.record(tampering(Scene(f"other {CAMERA}", OTHER_DOOR, room.clock.now() - 50)))
    add_pictures(room, scene, seconds=0.5)
    return scene


def ask(page: Page, path: str, **body: object) -> dict[str, object]:
    status, answer = page.evaluate(ASK, [path, body])
    assert status == 200, (path, answer)
    return dict(answer)


def fill_every_field(room: Room, page: Page, scene: Scene) -> None:
    now, about = room.clock.now(), f"/api/incidents/{scene.incident}"
    ask(page, "/api/workorders", **{"door": DOOR, "from": now - 60, "to": now + 3600, "who": BAD, "reason": BAD})
    ask(page, f"{about}/confirm", avs=3)
    called = {"whom": BAD, "spoke_with": BAD, "said": BAD}
    last = ask(page, f"{about}/calls", **called)["steps"]
    assert isinstance(last, list)
    step = ask(page, f"{about}/steps", what="dispatched_by_phone", note=BAD, after=last[-1]["id"])
    assert step["steps"]
    ask(page, f"{about}/holds", authority=BAD, protocol=BAD, until=now + 86400)
    ask(page, f"{about}/evidence", recipient=BAD, reason=BAD)
    ask(page, "/api/handover", text=f"{BAD}\n{BAD}", about=[str(scene.incident)])
    for name, act in ((VMS, room.outbox.refuse), (CONTROL_ROOM, None)):
        delivery = room.outbox.claim(name, room.clock.now())
        assert delivery is not None
        if act is None:
            room.outbox.acknowledge(delivery, Receipt(BAD), room.clock.now())
        else:
            room.outbox.refuse(delivery, BAD, now=room.clock.now())
            ask(page, f"/api/deliveries/{delivery.alert.id}/write-off", why=BAD)
    Lines(room.engine).lost(VMS, BAD, room.clock.now())
    room.audit.append(who=BAD, action="media.viewed", subject=BAD, detail={BAD: BAD})


def unhurt(page: Page) -> None:
    assert page.evaluate(HURT) == [None, 0]


@pytest.mark.parametrize("tongue", ["it", "en"])
def test_it_is_shown_as_it_was_written_on_every_screen(room: Room, page: Page, scene: Scene, tongue: str) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    sign_in(page, f"/#{scene.incident}")
    fill_every_field(room, page, scene)
    page.locator(f"#top [data-language={tongue}]").click()
    incident = page.locator("#incident")
    for part in (".head", ".visit", ".aftermath", ".custody", ".exports", ".debts"):
        expect(incident.locator(part)).to_contain_text(BAD if part != ".head" else CAMERA)
    page.keyboard.press("t")
    expect(page.locator(".telephone .script")).to_be_visible()
    expect(page.locator("#waiting .code")).to_have_text(OTHER_DOOR)
    expect(page.locator("#orders")).to_contain_text(f"{BAD}: {BAD}")
    unhurt(page)
    page.locator("#handover-open").click()
    expect(page.locator("#handover-notes")).to_contain_text(BAD)
    page.keyboard.press("Escape")
    page.locator("#lines-open").click()
    expect(page.locator("#lines-list .why")).to_have_text(BAD)
    page.keyboard.press("Escape")
    unhurt(page)
    page.locator("#archive-open").click()
    expect(page.locator("#archive-rows")).to_contain_text(CAMERA)
    page.keyboard.press("Escape")
    page.locator("#trail-open").click()
    expect(page.locator("#trail-rows")).to_contain_text(f"{BAD} {BAD}")
    unhurt(page)
    page.keyboard.press("Escape")
    page.locator("#wall-open").click()
    expect(page.locator("#wall-grid .whose b")).to_have_text(CAMERA)
    unhurt(page)


def test_a_search_that_is_meant_to_harm_finds_nothing_and_hurts_nobody(room: Room, page: Page, scene: Scene) -> None:
    room.accounts.create(OPERATOR, PASSWORD)
    page.goto(f"/#{BAD}")
    page.get_by_label("Nome operatore").locator("visible=true").fill(BAD)
    page.get_by_label("Password").locator("visible=true").fill(BAD)
    page.get_by_role("button", name="Entra").click()
    expect(page.locator("#login-form .problem")).to_have_text(re.compile("errati"))
    unhurt(page)
    sign_in(page)
    page.locator("#trail-open").click()
    page.locator("#trail-form [name=who]").fill(BAD)
    page.locator("#trail-form button[type=submit]").click()
    wait_until("the answer", lambda: "0" in page.locator("#trail-count").inner_text())
    unhurt(page)
