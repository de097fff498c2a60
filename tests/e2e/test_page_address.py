"""Where the door is can be read aloud before anybody decides, and takes no room from what is decided by."""

import os

from playwright.sync_api import Page, expect

from tests.e2e.seed import Room, Scene, add_pictures, camera_covered, forced_entry


def test_the_address_stands_beside_clip_and_decision_on_a_small_screen(room: Room, console: Page) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 30)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    console.locator("#waiting .row").first.click()
    card = console.get_by_role("region", name="Indirizzo")
    lines = card.locator("p")
    expect(lines).to_have_text(
        ["Milano, via Esempio 4", "scala B, piano 03, interno 12", "Stadera 1 · ALER · porta 0423.B.03.12"]
    )
    expect(console.locator(".telephone")).to_be_hidden()
    for part in (".screen", ".address", ".story .sentence", ".decision .choices", ".decision .primary"):
        expect(console.locator(part)).to_be_in_viewport(ratio=1)
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        console.screenshot(path=f"{folder}/address.png")


def test_of_a_camera_there_is_the_house_alone(room: Room, console: Page) -> None:
    room.journal.record(camera_covered(Scene("SCALA-B-P3", None, room.clock.now() - 30)))
    console.locator("#waiting .row").first.click()
    expect(console.locator(".address p")).to_have_text(["Milano, via Esempio 4", "Stadera 1 · ALER"])
