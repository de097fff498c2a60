"""Text that is meant to harm, in every field that reaches the page: it is shown as it was written, and does nothing."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e import seed
from tests.e2e.conftest import COLLEAGUE, sign_in
from tests.e2e.hostile import CAMERA, DOOR, NAMES, RECEIPT, WHY, furnish_hostile
from tests.e2e.seed import CODE, OPERATOR, PASSWORD, Room, Scene, add_pictures, forced_entry, tampering
from tests.e2e.test_page_phone import CENTRE
from tests.hostile import TURNING, Scribbler, hostile
from vigilanza.app.apidescription import empty_app
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Receipt
from vigilanza.store.lines import Lines

BROADER = """() => [...document.querySelectorAll(
  "nav.incidents, #incident, .found, .figures, dialog[open], .wall, #trail, .top, body",
)].filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1).map((box) => {
  const right = box.getBoundingClientRect().right;
  const out = [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > right + 1);
  const last = out.filter((one) => !out.some((other) => other !== one && one.contains(other)));
  const names = last.slice(0, 6).map((one) => `${one.parentElement.className} > ${one.tagName}.${one.className}`);
  return `${box.id || box.className || box.tagName}: ${box.scrollWidth} > ${box.clientWidth}: ${names.join(", ")}`;
})"""
HOUR = 3600.0


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    yield from furnish_hostile(tmp_path, monkeypatch)


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    """Of somebody who may do everything."""
    headers = {"origin": url, "x-vigilanza": "1"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=20.0) as client:
        client.post("/api/login", json={"name": OPERATOR, "password": PASSWORD}).raise_for_status()
        yield client


@pytest.fixture
def scribbler(room: Room, client: httpx.Client) -> Scribbler:
    """Who has written into all that the API takes, about an incident."""
    with empty_app(clock=SystemClock()) as app:
        scribbler = Scribbler(client, app.openapi())
    now = room.clock.now()
    scene = Scene(CAMERA, DOOR, now - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=1.0)
    room.journal.record(tampering(Scene(CAMERA, DOOR, now - 30)))
    about, base = f"/api/incidents/{scene.incident}", "/api/incidents/{incident_id}"
    client.post(f"{about}/confirm", json={"avs": 3}).raise_for_status()
    assert room.outbox.escalate(CENTRE, room.clock.now() + 31, after=30)
    orders = {"door": DOOR, "from": now - 60, "to": now + HOUR, "id": "WO-7"}
    scribbler.fill("POST /api/workorders", "/api/workorders", orders, door=DOOR, id="WO-7")
    scribbler.fill(f"POST {base}/steps", f"{about}/steps", {"what": "dispatched"})
    last = client.get(about).json()["steps"][-1]["id"]
    scribbler.fill(f"POST {base}/calls", f"{about}/calls", {"after": last})
    scribbler.fill("POST /api/handover", "/api/handover", {"about": [str(scene.incident)]})
    scribbler.fill(f"POST {base}/holds", f"{about}/holds", {"until": now + 90 * 24 * HOUR})
    scribbler.fill(f"POST {base}/evidence", f"{about}/evidence", {})
    [task] = client.get("/api/tasks").json()["tasks"]
    scribbler.fill("POST /api/tasks/{alert_id}/done", f"/api/tasks/{task['alert']}/done", {})
    refuse_alerts(room, scribbler)
    safeguards = client.get("/api/safeguards").json()
    scribbler.fill("POST /api/safeguards/ask", "/api/safeguards/ask", {"hash": safeguards["hash"]})
    scribbler.fill("POST /api/setup/search", "/api/setup/search", {}, listed=True)
    return scribbler


def refuse_alerts(room: Room, scribbler: Scribbler) -> None:
    """The municipality says no to one, and has an answer to another."""
    destination = seed.VMS
    for operation in ("requeue", "write-off"):
        delivery = room.outbox.claim(destination, room.clock.now())
        assert delivery is not None
        room.outbox.refuse(delivery, WHY, now=room.clock.now())
        path = f"/api/deliveries/{delivery.alert.id}/{operation}"
        scribbler.fill(f"POST /api/deliveries/{{alert_id}}/{operation}", path, {})
    delivery = room.outbox.claim(destination, room.clock.now())
    assert delivery is not None
    room.outbox.acknowledge(delivery, Receipt(RECEIPT), room.clock.now())
    Lines(room.engine).lost(destination, WHY, room.clock.now())


def refused(client: httpx.Client) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Where a name of ours or an address is wanted: what is written there otherwise is taken by nobody."""
    read = client.get("/api/setup/cameras").json()["hash"]
    door = {"id": hostile("F", 300)[:64], "role": "other", "leaf": [[0, 0], [1, 0], [1, 1]], "floor": None}
    return {
        "POST /api/login": ("/api/login", {"password": PASSWORD}),
        "POST /api/setup": ("/api/setup", {"password": PASSWORD, "code": CODE}),
        "POST /api/accounts": ("/api/accounts", {"password": PASSWORD, "roles": ["operator"]}),
        "POST /api/setup/cameras": ("/api/setup/cameras", {"hash": read, "id": "attic"}),
        "PUT /api/setup/cameras/{camera_id}": (
            "/api/setup/cameras/landing",
            {"hash": read, "masks": [], "doors": [door]},
        ),
    }


def test_every_text_field_of_the_api_is_filled_or_takes_no_such_text(
    room: Room, scribbler: Scribbler, client: httpx.Client
) -> None:
    scribbler.fill("POST /api/setup/probe", "/api/setup/probe", {})
    for operation, (path, body) in refused(client).items():
        scribbler.is_refused(operation, path, body)
    assert scribbler.untried == set()


class Screens:
    """One after the other; `seen` collects what stands on them, `faults` what is broader than its place."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: set[str] = set()
        self.faults: list[str] = []

    def look(self, name: str) -> None:
        """At the screen as it is now."""
        if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
            self.page.screenshot(path=f"{folder}/hostile-{name}.png")
        text = self.page.locator("body").inner_text()
        labels = self.page.evaluate("[...document.querySelectorAll('[title]')].map((one) => one.title).join()")
        self.seen |= set(re.findall(r"[NF]\d+[NF]", text + labels))
        self.faults += [f"{name}: {box}" for box in self.page.evaluate(BROADER)]
        self.faults += [f"{name}: {mark!r} turns what follows" for mark in TURNING if mark in text]


def test_it_is_shown_as_it_was_written_and_does_nothing(
    room: Room, scribbler: Scribbler, client: httpx.Client, page: Page
) -> None:
    harmed: list[str] = []

    def note(dialog: Dialog) -> None:
        harmed.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    screens = Screens(page)
    sign_in(page, operator=COLLEAGUE)
    expect(page.locator("#waiting .row")).to_have_count(1)
    for look in (incidents, screens_in_place, dialogs, set_up):
        look(screens)
    assert harmed == []
    assert not screens.faults, "\n".join(screens.faults)
    assert {field for field, mark in scribbler.accepted.items() if mark not in screens.seen} == set()
    assert NAMES - screens.seen == set()


def incidents(screens: Screens) -> None:
    page = screens.page
    screens.look("list")
    page.locator("#waiting .row").click()
    expect(page.locator(".past li")).not_to_have_count(0)
    screens.look("to-decide")
    page.locator("#decided .row").click()
    expect(page.locator(".strip .still")).to_have_count(3)
    expect(page.locator(".debt")).not_to_have_count(0)
    expect(page.locator(".past li")).not_to_have_count(0)
    page.keyboard.press("v")
    page.keyboard.press("t")
    expect(page.locator(".telephone .sheet")).to_be_visible()
    screens.look("decided")
    page.locator(".custody").scroll_into_view_if_needed()
    screens.look("decided-below")
    page.keyboard.press("Escape")


def screens_in_place(screens: Screens) -> None:
    """Wall, archive, audit chain."""
    page = screens.page
    page.locator("#wall-open").click()
    expect(page.locator(".tile")).to_have_count(1)
    screens.look("wall")
    page.locator(".tile").click()
    screens.look("wall-large")
    page.locator("#wall-close").click()
    page.locator("#wall-close").click()
    page.locator("#archive-open").click()
    expect(page.locator("#archive-rows tr")).to_have_count(2)
    expect(page.locator("[data-figure]")).not_to_have_count(0)
    screens.look("archive")
    page.locator("#archive-close").click()
    page.locator("#trail-open").click()
    expect(page.locator("#trail-rows tr")).not_to_have_count(0)
    screens.look("trail")
    page.locator("#trail-close").click()


def dialogs(screens: Screens) -> None:
    page = screens.page
    for name, filled in {"handover": "#handover-notes li", "safeguards": "#safeguards-list li"}.items():
        page.locator(f"#{name}-line").click()
        expect(page.locator(filled)).not_to_have_count(0)
        screens.look(name)
        page.locator(f"#{name}-close").click()
    page.locator("#lines-open").click()
    expect(page.locator("#lines-list li")).not_to_have_count(0)
    screens.look("lines")
    page.locator("#lines-close").click()
    page.locator("#accounts-open").click()
    page.locator("#accounts-form [name=account]").fill(hostile("F", 300)[:64])
    page.locator("#accounts-form [name=secret]").fill(PASSWORD)
    page.locator("#accounts-form button").click()
    expect(page.locator("#accounts .problem")).not_to_be_empty()
    screens.look("accounts")
    page.locator("#accounts-close").click()


def set_up(screens: Screens) -> None:
    """What a camera says of itself, and an address that was typed."""
    page = screens.page
    page.locator("#setup-open").click()
    page.locator("#find-open").click()
    page.locator("#find-search [name=where]").fill("192.0.2.7")
    page.locator("#find-search button").click()
    expect(page.locator("#find-found tbody tr")).to_have_count(1)
    page.locator("#find-probe [name=address]").fill(hostile("F", 200))
    page.locator("#find-probe [type=submit]").click()
    expect(page.locator("#find-answer")).to_be_visible()
    screens.look("find")
    page.locator("#find-close").click()


def test_a_name_or_a_search_that_is_meant_to_harm_finds_nothing_and_hurts_nobody(room: Room, page: Page) -> None:
    bad, harmed = hostile("F", 100), list[str]()
    page.on("dialog", lambda dialog: harmed.append(dialog.message))
    page.goto(f"/#{bad}")
    page.get_by_label("Nome operatore").locator("visible=true").fill(bad)
    page.get_by_label("Password").locator("visible=true").fill(bad)
    page.get_by_role("button", name="Entra").click()
    expect(page.locator("#login-form .problem")).to_contain_text("errati")
    sign_in(page, operator=COLLEAGUE)
    page.locator("#trail-open").click()
    page.locator("#trail-form [name=who]").fill(bad)
    page.locator("#trail-form button[type=submit]").click()
    expect(page.locator("#trail-count")).to_have_text("0 di 0 righe")
    assert harmed == []
