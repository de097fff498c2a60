"""A night shift at the keyboard alone: from the sign-in over a break-in to the receipt and the hand-over."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Locator, Page, expect

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, wait_until
from tests.story.test_run import CLIP, NAME, PASSWORD, first_operator
from tests.webhook import SECRET
from vigilanza.lab.city import StubCity
from vigilanza.lab.simcam import CameraServer

pytestmark = pytest.mark.timeout(300)
PATIENCE_MS = 80_000
QUIET_S = 15.0
TABS_MAX = 25
"""So many steps lead from anywhere to anything; more, and nobody would find it."""
TELEPHONE = "02 0208"
HELD = """() => {
  const held = document.activeElement;
  return held === document.body || (held.checkVisibility() && held.getClientRects().length > 0);
}"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StubCity]:
    """The control room that is to give the receipt."""
    with StubCity(directory=tmp_path / "room", secret=SECRET) as city:
        yield city


@pytest.fixture
def address(tmp_path: Path, room: StubCity) -> Iterator[str]:
    """Of the page of a box that watches a door; it has one operator, and nothing happens yet."""
    with ExitStack() as stack:
        films = {"/cam": VIDEOS / f"{CLIP}.mp4"}
        camera = stack.enter_context(
            CameraServer(films, begin="first_play", offset=-QUIET_S, ending="hold", user=USER, password=CAMERA_PASSWORD)
        )
        path = configuration(tmp_path, CLIP, camera_url=camera.url("/cam"), cities={"room": room})
        document = yaml.safe_load(path.read_text("utf-8"))
        document["destinations"][0]["telephone"] = TELEPHONE
        document["site"] |= {"address": "via Esempio 4", "municipality": "Milano"}
        document["units"] = [{"id": "S", "stair": "B", "floor": "3", "number": "12"}]
        path.write_text(yaml.safe_dump(document), "utf-8")
        run = stack.enter_context(Command("run", "--config", path, folder=tmp_path))
        first_operator(run).close()
        yield run.said(r"page is up\s+address=(\S+)/")[1]
        assert run.end() == 0


class Keys:
    """Everything an operator does here; there is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)

    def go_to(self, wanted: Locator, *, key: str = "Tab") -> None:
        """With the tabulator, over what can be seen alone."""
        expect(wanted).to_be_visible()
        for _ in range(TABS_MAX):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            self.press(key)
            assert self.page.evaluate(HELD), "the focus is on something that nobody sees"
        raise AssertionError(f"{TABS_MAX} steps do not lead to {wanted}")

    def back_to(self, wanted: Locator) -> None:
        self.go_to(wanted, key="Shift+Tab")


@pytest.fixture
def keys(browser: Browser, address: str) -> Iterator[Keys]:
    with browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield Keys(page)


def test_from_the_sign_in_to_the_receipt_without_a_mouse(keys: Keys, room: StubCity) -> None:
    page = keys.page
    sign_in(keys)
    open_the_alarm(keys)
    confirm(keys, room)
    telephone(keys)
    follow_up(keys)
    hand_over(keys)
    keys.go_to(page.get_by_role("button", name="Esci"))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Accesso operatore")).to_be_visible()
    expect(page.get_by_label("Nome operatore").locator("visible=true")).to_be_focused()
    expect(page.locator(".head")).to_have_count(0)


def sign_in(keys: Keys) -> None:
    page = keys.page
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "it")
    expect(page.get_by_label("Nome operatore").locator("visible=true")).to_be_focused()
    keys.write(NAME)
    keys.press("Tab")
    keys.write(PASSWORD)
    keys.press("Enter")
    expect(page.locator("#link")).to_have_attribute("data-state", "up")
    expect(page.locator("#operator")).to_have_text(NAME)
    expect(page.locator("#sound")).to_have_text("Suono attivo")  # a key unblocks it as a click does


def open_the_alarm(keys: Keys) -> None:
    """It calls, and is seen: the clip, the stills, the reasons, and what the camera sees now."""
    page = keys.page
    expect(page.locator("#waiting .row")).to_be_visible(timeout=PATIENCE_MS)
    expect(page).to_have_title(re.compile("1 allarme non visto"))
    keys.press("j")
    expect(page.locator(".head h2")).to_contain_text("Porta S")
    expect(page).to_have_title(re.compile("^Sala di controllo"))
    expect(page.locator(".story .sentence")).to_contain_text("porta S")
    expect(page.locator(".screen video")).to_be_visible(timeout=PATIENCE_MS)
    keys.press("v")
    expect(page.locator('.beside .live[data-state="video"]')).to_be_visible(timeout=PATIENCE_MS)
    keys.press("v")
    expect(page.locator(".beside .live")).to_be_hidden()
    keys.press("Enter")  # from the row into the incident, past all other rows
    expect(page.locator("#incident")).to_be_focused()
    still = page.locator(".strip .still").last
    keys.go_to(still)
    keys.press("Enter")
    expect(page.locator(".screen img")).to_have_js_property("complete", True)
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/night-shift.png")


def confirm(keys: Keys, room: StubCity) -> None:
    """AVS 3, and the control room's receipt is read on the page."""
    page = keys.page
    expect(page.locator(".decision").get_by_role("button", name="Conferma")).to_be_disabled()
    keys.press("3", "Enter")
    expect(page.locator(".decision")).to_contain_text("Confermato AVS 3 · Forzatura o ingresso")
    [alert, *_] = room.wait_for(1)
    assert alert.event["type"] == "it.aler.vigilanza.incident.confirmed.v1"
    paid = page.locator(".debt").filter(has_text="room").first
    expect(paid).to_have_attribute("data-state", "acknowledged")
    expect(paid).to_contain_text(f"city-{alert.id}")


def telephone(keys: Keys) -> None:
    page = keys.page
    keys.press("t")
    sheet = page.locator(".telephone .sheet")
    expect(sheet.locator(".script li").filter(has_text="via Esempio 4, scala B, piano 3, interno 12")).to_have_count(1)
    expect(sheet.get_by_label("room")).to_be_focused()
    keys.press("Space")
    keys.go_to(sheet.get_by_label("Con chi si è parlato"))
    keys.write("agente 12")
    keys.press("Tab")
    keys.write("mandano una volante")
    keys.press("Enter")
    expect(page.locator(".aftermath li q")).to_contain_text(f"room ({TELEPHONE}), agente 12: mandano una volante")


def follow_up(keys: Keys) -> None:
    """Until the door is closed again."""
    section = keys.page.locator(".aftermath")
    for name in ("Sul posto", "Alloggio di nuovo libero", "Porta di nuovo in sicurezza", "Chiuso"):
        keys.go_to(section.get_by_role("button", name=name, exact=True))
        keys.press("Enter")
        expect(section.get_by_label("Nota")).to_be_focused()
        keys.press("Enter")
        expect(section.locator("li").last).to_contain_text(name)


def hand_over(keys: Keys) -> None:
    page = keys.page
    dialog = page.locator("#handover")
    keys.back_to(page.get_by_role("button", name="Passaggio di consegne"))
    keys.press("Enter")
    keys.go_to(dialog.get_by_label("Nota (al massimo 2000 caratteri"))
    keys.write("Scala B, interno 12: porta di nuovo chiusa, tornano alle 8.")
    keys.go_to(dialog.get_by_role("button", name="Lascia la nota"))
    keys.press("Enter")
    expect(dialog.locator("#handover-notes li")).to_contain_text("in attesa di chi subentra")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    wait_until("the focus to be back", lambda: page.evaluate("document.activeElement.id") == "handover-open")
