"""A technician draws a door on a still and saves it; the file on disk is what `vigilanza check` accepts."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.commands import VIDEOS, Command
from tests.drawn_site import TEXT, DrawnSite, site, watched
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from vigilanza.app.takeovertold import ACCEPTED, tell
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.role import Role
from vigilanza.domain.takeover import Stage, Takeover

OPEN = "Porte e maschere"


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    """The copy from which a part begins that `vigilanza run` has started."""
    return tmp_path / "state" / ACCEPTED


@pytest.fixture
def drawn(tmp_path: Path, request: pytest.FixtureRequest) -> DrawnSite:
    return site(tmp_path, accepted=tmp_path / "state" / ACCEPTED if "accepted" in request.fixturenames else None)


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite) -> Iterator[Room]:
    with watched(tmp_path, VIDEOS / "dev_pos_two_fast_kick.mp4"):
        yield from furnish(tmp_path, board=drawn.board)


@pytest.fixture
def board(room: Room, page: Page) -> Page:
    """The dialog, with a picture."""
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    sign_in(page)
    page.get_by_role("button", name=OPEN).click()
    expect(page.locator("#setup-view")).to_have_attribute("data-seen", "true")
    return page


def click(page: Page, *points: tuple[float, float]) -> None:
    """At places in 0..1 of the picture."""
    box = page.locator("#setup-drawing").bounding_box()
    assert box is not None
    for x, y in points:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_door_is_drawn_and_saved(board: Page, drawn: DrawnSite, room: Room) -> None:
    board.get_by_role("button", name="Nuova porta").click()
    row = board.locator("#setup-doors > li").last
    row.get_by_label("Codice").fill("flat-14")
    expect(row.locator("output")).to_have_text("Anta da disegnare: almeno tre punti.")
    click(board, (0.7, 0.2), (0.9, 0.2), (0.9, 0.4), (0.7, 0.4))
    expect(row.locator("output")).to_contain_text("34 px/m, larga 128 px: troppo poco. Servono 80 px/m")
    shoot(board, "setup-blurred")
    for number in (3, 4):
        board.get_by_role("button", name=f"Punto {number} di 4").focus()
        for _ in range(30):
            board.keyboard.press("Shift+ArrowDown")
    expect(row.locator("output")).to_contain_text("137 px/m, larga 128 px")
    expect(row.locator("output")).to_have_attribute("data-good", "true")
    row.get_by_role("button", name="Pavimento").click()
    click(board, (0.6, 0.9), (0.95, 0.9), (0.95, 0.98), (0.8, 0.98), (0.6, 0.98))
    board.get_by_role("button", name="Punto 4 di 5").focus()
    board.keyboard.press("Delete")
    shoot(board, "setup-drawn")
    board.get_by_role("button", name="Salva").click()
    expect(board.locator("#setup-told")).to_have_text("Salvato.")
    expect(board.locator("#setup-takeover")).to_contain_text("vale dopo il loro riavvio")
    shoot(board, "setup-saved")
    new = drawn.path.read_text("utf-8")
    for line in TEXT.splitlines():
        assert line in new
    door = load(drawn.path, environ={}).cameras[0].doors[2]
    assert (door.id, len(door.leaf), len(door.floor)) == ("flat-14", 4, 4)
    assert [round(x, 1) for point in door.leaf for x in point] == [0.7, 0.2, 0.9, 0.2, 0.9, 1.0, 0.7, 1.0]
    with Command("check", drawn.path, folder=drawn.path.parent) as check:
        check.printed_when("The configuration is valid")
        assert check.process.wait(60) == 0
    [former] = drawn.former()
    assert former.read_text("utf-8") == TEXT
    assert room.records("setup.saved") == ["landing"]
    assert room.records("setup.viewed") == ["landing"]


def test_what_is_refused_is_said_where_it_is_wrong(board: Page, drawn: DrawnSite) -> None:
    board.get_by_role("button", name="Nuova porta").click()
    row = board.locator("#setup-doors > li").last
    row.get_by_label("Codice").fill("flat 14")
    click(board, (0.7, 0.2), (0.9, 0.2), (0.9, 0.8))
    board.get_by_role("button", name="Salva").click()
    expect(row.get_by_role("alert")).to_contain_text("Non salvato: doors[2].id: letters, digits")
    shoot(board, "setup-refused")
    assert drawn.path.read_text("utf-8") == TEXT


def test_a_point_is_dragged_and_a_mask_is_drawn_by_keyboard_alone(board: Page, drawn: DrawnSite) -> None:
    board.locator("#setup-doors > li").first.get_by_role("button", name="Anta").click()
    box = board.locator("#setup-drawing").bounding_box()
    assert box is not None
    board.get_by_role("button", name="Punto 3 di 4").hover()
    board.mouse.down()
    board.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.9 * box["height"], steps=5)
    board.mouse.up()
    board.get_by_role("button", name="Nuova maschera").focus()
    board.keyboard.press("Enter")
    add = board.get_by_role("button", name="Aggiungi un punto")
    for _ in range(4):
        add.focus()
        board.keyboard.press("Enter")
    expect(board.get_by_role("button", name="Punto 4 di 4")).to_be_focused()
    board.keyboard.press("ArrowLeft")
    board.get_by_role("button", name="Salva").click()
    expect(board.locator("#setup-told")).to_have_text("Salvato.")
    expect(board.locator("#setup-takeover")).to_contain_text("vale dopo il loro riavvio")
    [camera, _] = load(drawn.path, environ={}).cameras
    assert len(camera.doors[0].leaf) == 4
    assert camera.doors[0].leaf[2] == pytest.approx((0.35, 0.9), abs=0.005)
    assert camera.doors[0].leaf[:2] == ((0.1, 0.1), (0.3, 0.1))
    assert camera.masks[1] == ((0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.398, 0.7))
    text = drawn.path.read_text("utf-8")
    assert re.search(r"leaf: \[\[0\.1, 0\.1], \[0\.3, 0\.1], \[0\.3\d+, .*# measured twice", text)


def test_a_camera_without_pictures_is_said_to_have_none(board: Page) -> None:
    board.get_by_label("Telecamera", exact=True).select_option("cellar")
    expect(board.locator("#setup-nothing")).to_be_visible()
    shoot(board, "setup-nothing")


def test_it_is_gone_when_the_session_ends(board: Page, room: Room) -> None:
    room.accounts.create("g.verdi", PASSWORD)
    room.roster.change(OPERATOR, by="g.verdi", add={Role.AUDITOR})
    expect(board.get_by_role("heading", name="Accesso operatore")).to_be_visible()
    expect(board.locator("#drawing-board")).to_be_hidden()
    board.get_by_label("Nome operatore").locator("visible=true").fill(OPERATOR)


def test_an_operator_is_not_offered_it(room: Room, page: Page) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.OPERATOR})
    sign_in(page)
    expect(page.get_by_role("button", name="Nuovo ordine")).to_be_hidden()
    expect(page.locator("#setup-open")).to_be_hidden()


def test_the_page_follows_what_is_saved_until_it_is_in_force(board: Page, drawn: DrawnSite, accepted: Path) -> None:
    line = board.locator("#setup-takeover")
    expect(line).to_contain_text("sta entrando in vigore")
    digest = hashlib.sha256(drawn.path.read_bytes()).hexdigest()
    tell(accepted.parent, Takeover(Stage.REFUSED, digest, SystemClock().now(), "storage.media."))
    board.get_by_role("button", name="Chiudi").click()
    board.get_by_role("button", name=OPEN).click()
    expect(line).to_contain_text("non è in vigore: storage.media. Vale ancora quello di prima")
    shoot(board, "setup-not-taken")
    board.locator("#setup-doors > li").first.get_by_label("Tipo").select_option("other")
    board.get_by_role("button", name="Salva").click()
    expect(line).to_contain_text("sta entrando in vigore")
    digest = hashlib.sha256(drawn.path.read_bytes()).hexdigest()
    tell(accepted.parent, Takeover(Stage.IN_FORCE, digest, SystemClock().now()))
    expect(line).to_contain_text("usa ciò che è salvato, dalle ")
    shoot(board, "setup-in-force")
