"""The wall: many cameras over RTSP, the watch, the page's server, and a browser that plays what comes."""

import os
import re
import statistics
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.commands import wait_until
from tests.e2e.box import FILMS, LARGE, MASKED, MODERN, Box, running
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, Scene, forced_entry

FIRST_PICTURE_S = 2.0
"""What is promised; asserted with the patience that a busy test machine needs."""
PATIENCE = 5
OPENING_MAX = 6
"""Of more at once a browser lets each wait longer than the one before it, see static/turns.js."""
STOPWATCH = """
window.mostOpening = 0;
let opening = 0;
const Socket = WebSocket;
window.WebSocket = class extends Socket {
  constructor(...all) {
    super(...all);
    window.mostOpening = Math.max(window.mostOpening, ++opening);
    const ends = (settle) => ["open", "close"].forEach((one) => this.addEventListener(one, settle));
    new Promise(ends).then(() => --opening);
  }
};
window.firstPictures = {};
const begun = {};
addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
  for (const { target } of changes) {
    const camera = target.closest(".tile")?.dataset.camera;
    if (camera === undefined) continue;
    const state = target.dataset.state;
    if (state === "opening") begun[camera] ??= performance.now();
    if (["video", "stills"].includes(state)) firstPictures[camera] ??= (performance.now() - begun[camera]) / 1000;
  }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-state"] }));
"""
DARKNESS = """(video) => {
  const canvas = new OffscreenCanvas(video.videoWidth ?? video.width, video.videoHeight ?? video.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0);
  const brightest = (left) => {
    const { data } = pen.getImageData(left + 8, 0, canvas.width / 2 - 16, canvas.height);
    return data.reduce((most, value, index) => index % 4 === 3 ? most : Math.max(most, value), 0);
  };
  return [canvas.width, brightest(0), brightest(canvas.width / 2)];
}"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running(tmp_path_factory.mktemp("box")) as box:
        yield box


@pytest.fixture
def url(box: Box) -> str:
    return box.url


@pytest.fixture
def wall(page: Page, box: Box) -> Page:
    """The wall, opened by its key, every tile with a picture."""
    page.add_init_script(STOPWATCH)
    sign_in(page)
    page.keyboard.press("w")
    for name in FILMS:
        expect(tile(page, name).locator(".live")).to_have_attribute("data-state", re.compile("video|stills"))
    return page


def tile(page: Page, camera: str) -> Locator:
    return page.locator(f'.tile[data-camera="{camera}"]')


def test_sixteen_cameras_are_live_at_once_each_with_its_age(wall: Page, box: Box) -> None:
    firsts: dict[str, float] = wall.evaluate("firstPictures")
    assert set(firsts) == set(FILMS)
    slowest = max(firsts, key=lambda name: firsts[name])
    middle = statistics.median(firsts.values())
    print(sorted((round(one, 2), name) for name, one in firsts.items()))
    print(f"\nfirst picture after: median {middle:.2f} s, slowest {firsts[slowest]:.2f} s ({slowest})")
    assert firsts[slowest] < PATIENCE * FIRST_PICTURE_S
    assert 0 < wall.evaluate("mostOpening") <= OPENING_MAX
    for name in FILMS:
        expect(tile(wall, name).locator(".whose b")).to_have_text(name)
        expect(tile(wall, name).locator(".age")).to_have_text(re.compile(r"^\d,\d s$"))
        words = "Fermi immagine (video H.265)" if name == MODERN else "In diretta"
        expect(tile(wall, name).locator(".state")).to_have_text(words)
        expect(tile(wall, name)).to_have_attribute("aria-label", re.compile(f"^{name}, {re.escape(words)}, \\d,\\d s$"))
        assert (OPERATOR, name) in box.audit("live.viewed")


def test_the_picture_moves_on(wall: Page) -> None:
    video = tile(wall, "scala-01").locator("video")
    before = video.evaluate("(video) => video.currentTime")
    wait_until("the picture to move on", lambda: video.evaluate("(video) => video.currentTime") > before + 1.0)


def test_masks_are_black_on_the_wall(wall: Page) -> None:
    _, left, right = tile(wall, MASKED).locator("video").evaluate(DARKNESS)
    assert left > 60
    assert right < 30
    assert min(tile(wall, "scala-01").locator("video").evaluate(DARKNESS)[1:]) > 60, "the same film without masks"


def test_the_keyboard_does_it_all(wall: Page, box: Box) -> None:
    expect(tile(wall, "scala-01")).to_be_focused()
    wall.keyboard.press("ArrowRight")
    wall.keyboard.press("ArrowDown")
    expect(tile(wall, "scala-06")).to_be_focused()
    wall.keyboard.press("End")
    expect(tile(wall, LARGE)).to_be_focused()
    assert tile(wall, LARGE).locator("video").evaluate(DARKNESS)[0] == 640
    wall.keyboard.press("Enter")
    large = wall.locator("#wall-large .live")
    expect(large).to_have_attribute("data-state", "video")
    assert large.locator("video").evaluate(DARKNESS)[0] == 1280, "the main stream"
    wait_until("the small ones to end", lambda: box.lines() == 1)
    expect(wall.locator("#wall-title")).to_have_text(LARGE)
    shoot(wall, "large")
    wall.keyboard.press("ArrowLeft")
    expect(wall.locator("#wall-title")).to_have_text(MODERN)
    wall.keyboard.press("Escape")
    expect(tile(wall, MODERN)).to_be_focused()
    wall.keyboard.press("Escape")
    expect(wall.locator("#wall")).to_be_hidden()
    expect(wall.locator("#console")).to_be_visible()
    wait_until("all to end", lambda: box.lines() == 0)
    assert (OPERATOR, LARGE) in box.audit("live.ended")


def test_keys_of_the_decision_do_nothing_while_the_wall_is_open(wall: Page) -> None:
    for key in ("r", "1", "j"):
        wall.keyboard.press(key)
    expect(wall.locator("#wall")).to_be_visible()
    expect(tile(wall, "scala-01")).to_be_focused()


def test_who_signs_out_sees_nothing_any_more(wall: Page, box: Box) -> None:
    wall.get_by_role("button", name="Esci").click()
    expect(wall.locator("#wall")).to_be_hidden()
    wait_until("all lines to end", lambda: box.lines() == 0)


def test_a_session_that_ends_elsewhere_ends_the_lines(wall: Page, box: Box) -> None:
    wall.evaluate("fetch('/api/logout', { method: 'POST', headers: { 'X-Vigilanza': '1' } })")
    wait_until("all lines to end", lambda: box.lines() == 0)


def test_the_camera_of_an_incident_is_seen_live_beside_its_clip(page: Page, box: Box) -> None:
    scene = Scene("scala-06", "0423.B.03.12", time.time() - 30)
    box.tell(forced_entry(scene))
    sign_in(page, f"/#{scene.incident}")
    view = page.locator(".beside .live")
    expect(view).to_have_attribute("data-state", "closed")
    assert box.lines() == 0
    page.keyboard.press("v")
    expect(view).to_have_attribute("data-state", "video")
    expect(view.locator(".age")).to_have_text(re.compile(r"^\d,\d s$"))
    assert box.lines() == 1
    shoot(page, "beside")
    page.keyboard.press("w")
    expect(tile(page, "scala-06")).to_have_attribute("data-severity", "critical")
    tile(page, "scala-06").click()
    page.get_by_role("button", name="Apri l'incidente").click()
    expect(page.locator("#wall")).to_be_hidden()
    expect(view).to_have_attribute("data-state", "video")
    wait_until("the wall's lines to end", lambda: box.lines() == 1)
    page.get_by_role("button", name="Chiudi la diretta").click()
    wait_until("the line to end", lambda: box.lines() == 0)


def test_a_camera_that_gives_no_pictures_says_so_and_comes_back(wall: Page, box: Box) -> None:
    box.server.unplug()
    view = tile(wall, "scala-02").locator(".live")
    expect(view).to_have_attribute("data-old", "true")
    expect(view.locator(".notice")).to_have_text(
        re.compile(r"Segnale video assente dalle \d\d:\d\d:\d\d"), timeout=60_000
    )
    shoot(wall, "lost")
    box.server.plug_in()
    expect(view).to_have_attribute("data-state", "video", timeout=60_000)
    expect(view).to_have_attribute("data-old", "false")


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/wall-{name}.png")
