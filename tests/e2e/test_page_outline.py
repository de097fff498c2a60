"""The door of an incident is outlined on its clip and stills, where it is in the picture."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.commands import wait_until
from tests.e2e.place import LEAVES
from tests.e2e.seed import Room, Scene, add_pictures, forced_entry

PLACES = """(shown) => {
  const box = shown.getBoundingClientRect();
  const [width, height] = [shown.videoWidth ?? shown.naturalWidth, shown.videoHeight ?? shown.naturalHeight];
  const scale = Math.min(box.width / width, box.height / height);
  const [left, top] = [box.x + (box.width - width * scale) / 2, box.y + (box.height - height * scale) / 2];
  const leaf = document.querySelector(".screen .leaf polygon").getBoundingClientRect();
  return [
    (leaf.left - left) / width / scale, (leaf.top - top) / height / scale,
    (leaf.right - left) / width / scale, (leaf.bottom - top) / height / scale,
  ];
}"""


def told(room: Room, page: Page, *, camera: str) -> None:
    scene = Scene(camera, "0423.B.03.12", room.clock.now() - 40)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=2.0)
    page.get_by_role("button", name=re.compile("0423.B.03.12")).click()


def test_clip_and_stills_show_which_door_it_is(room: Room, console: Page) -> None:
    told(room, console, camera="SCALA-B-P3")
    ((left, top), *_, (_, bottom)) = corners = LEAVES["SCALA-B-P3"]["0423.B.03.12"]
    wanted = [left, top, max(x for x, _ in corners), bottom]
    outline = console.locator(".screen .leaf polygon")
    expect(console.locator(".screen video")).to_be_visible()
    expect(outline).to_have_count(2)
    assert console.locator(".screen video").evaluate(PLACES) == pytest.approx(wanted, abs=0.01)
    console.set_viewport_size({"width": 1800, "height": 700})
    assert console.locator(".screen video").evaluate(PLACES) == pytest.approx(wanted, abs=0.01)
    console.locator(".strip .still").first.click()
    expect(console.locator(".screen img")).to_be_visible()
    expect(outline).to_have_count(2)
    assert console.locator(".screen img").evaluate(PLACES) == pytest.approx(wanted, abs=0.01)


def test_where_no_door_is_drawn_nothing_is(room: Room, console: Page) -> None:
    told(room, console, camera="SCALA-Z")
    clip = console.locator(".screen video")
    wait_until("the clip", lambda: clip.evaluate("(video) => video.readyState > 0"))
    expect(console.locator(".screen .leaf polygon")).to_have_count(0)
