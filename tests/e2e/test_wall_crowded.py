"""The wall with more cameras than it shows at once, unwatched ones, a browser that does not play, and a slow line."""

import json
import re
import struct
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.commands import wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.landing import draw
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.e2e.test_wall import shoot, tile
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import NotPlayable, NotWatched
from vigilanza.web.seen import Piece, Viewing

JPEG = cv2.imencode(".jpg", draw(0.5))[1].tobytes()
NAMES = [f"camera-{number:02}" for number in range(1, 41)]


class Crowd:
    """See Cameras: all of them give stills only; `idle`: none of them is watched."""

    def __init__(self) -> None:
        self.idle = False
        self.moving: set[str] = set()
        self.still_of: set[str] = set()
        self.lock = threading.Lock()

    def names(self) -> Sequence[str]:
        return NAMES

    def open(self, camera: str, *, large: bool) -> Viewing:
        with self.lock:
            self.moving.add(camera)
        if self.idle:
            raise NotWatched("the watch has ended")
        raise NotPlayable("hevc")

    def still(self, camera: str) -> Piece:
        with self.lock:
            self.still_of.add(camera)
        return Piece(SystemClock().now() - 0.3, 0.0, JPEG)


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


@pytest.fixture
def room(tmp_path: Path, crowd: Crowd) -> Iterator[Room]:
    for room in furnish(tmp_path, live=crowd):
        room.accounts.create(OPERATOR, PASSWORD)
        yield room


def opened(page: Page) -> Page:
    sign_in(page)
    page.keyboard.press("w")
    return page


def test_only_what_is_in_view_is_asked_for_and_sixteen_at_most_move(page: Page, crowd: Crowd) -> None:
    opened(page)
    for name in NAMES[:16]:
        expect(tile(page, name).locator(".live")).to_have_attribute("data-state", "stills")
    assert crowd.moving == crowd.still_of == set(NAMES[:16])
    page.set_viewport_size({"width": 1366, "height": 760})
    page.locator("#wall-grid").evaluate("(grid) => grid.scrollBy(0, grid.clientHeight / 9)")
    wait_until("the fifth row", lambda: set(NAMES[:20]) <= crowd.still_of)
    expect(tile(page, NAMES[19]).locator(".state")).to_have_text("Fermi immagine")
    assert crowd.moving == set(NAMES[:16])
    page.keyboard.press("End")
    expect(tile(page, NAMES[39])).to_be_focused()
    expect(tile(page, NAMES[39]).locator(".live")).to_have_attribute("data-state", "stills")
    expect(tile(page, NAMES[0]).locator(".live")).to_have_attribute("data-state", "closed")
    assert not page.get_by_text("Troppe immagini").is_visible()
    wait_until("the last rows", lambda: set(NAMES[24:]) <= crowd.still_of)
    shoot(page, "crowded")


def test_cameras_that_nobody_watches_say_so(page: Page, crowd: Crowd) -> None:
    crowd.idle = True
    opened(page)
    words = "Non sorvegliata: su questo server la sorveglianza è ferma"
    expect(tile(page, NAMES[0]).locator(".notice")).to_have_text(words)
    shoot(page, "not-watched")
    crowd.idle = False
    expect(tile(page, NAMES[0]).locator(".live")).to_have_attribute("data-state", "stills")


def test_a_browser_that_does_not_play_what_it_is_sent_asks_for_stills(page: Page, crowd: Crowd) -> None:
    asked: list[str] = []

    def offer(line: WebSocketRoute) -> None:
        asked.append(line.url)
        if "stills=1" in line.url:
            line.connect_to_server()
        else:
            line.send(json.dumps({"kind": "video", "mime": 'video/mp4; codecs="nonsense"'}))

    page.route_web_socket(re.compile(f"/{NAMES[0]}/live"), offer)
    opened(page)
    expect(tile(page, NAMES[0]).locator(".state")).to_have_text("Fermi immagine")
    assert len(asked) == 2
    assert NAMES[0] in crowd.still_of
    assert NAMES[0] not in crowd.moving


def test_a_slow_line_is_said_in_words_in_both_languages(page: Page) -> None:
    def slow(line: WebSocketRoute) -> None:
        line.send(json.dumps({"kind": "stills", "why": "slow"}))
        line.send(struct.pack("<dd", SystemClock().now() - 12.4, 0.0) + JPEG)

    page.route_web_socket(re.compile(f"/{NAMES[0]}/live"), slow)
    opened(page)
    view = tile(page, NAMES[0]).locator(".live")
    expect(view.locator(".state")).to_have_text("Collegamento lento: 1 immagine al secondo")
    expect(view.locator(".age")).to_have_text(re.compile(r"^\d\d s$"))
    expect(view).to_have_attribute("data-old", "true")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(view.locator(".state")).to_have_text("Slow connection: 1 picture a second")
    shoot(page, "slow")
