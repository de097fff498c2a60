"""Evidence on the operator's page: one asks, another grants and downloads."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.exports import KEY
from tests.e2e.seed import Room, Scene, add_pictures, forced_entry
from tests.sealed import faults


def choose(console: Page) -> None:
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()


def test_a_package_is_asked_for_by_one_and_granted_by_another(
    room: Room, console: Page, colleague: Callable[[], Page], tmp_path: Path
) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 300)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    choose(console)
    exports = console.locator(".exports")
    expect(exports).to_contain_text("Nessuna consegna chiesta")
    console.get_by_role("button", name="Chiedi un pacchetto…").click()
    console.get_by_label("Destinatario").fill("Procura di Milano")
    console.get_by_label("Motivo e protocollo").fill("prot. 12/26")
    console.get_by_role("button", name="Chiedi", exact=True).click()
    expect(exports).to_contain_text("Procura di Milano: prot. 12/26")
    expect(exports).to_contain_text("serve una seconda persona")
    expect(exports.locator("form")).to_be_hidden()
    console.get_by_role("button", name="Concedi e sigilla").click()
    expect(console.locator("#failure")).to_contain_text("Serve una seconda persona")
    other = colleague()
    choose(other)
    other.get_by_role("button", name="Concedi e sigilla").click()
    expect(exports).to_contain_text("chiesto da m.rossi, concesso da a.bianchi")
    expect(exports).to_contain_text("Sigillare non conserva le immagini")
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        console.locator("#failure").get_by_role("button").click()
        exports.evaluate("(section) => section.scrollIntoView({ block: 'end' })")
        console.screenshot(path=f"{folder}/evidence.png")
    with other.expect_download() as download:
        other.get_by_role("link", name="Scarica").click()
    download.value.save_as(tmp_path / "fetched.zip")
    assert faults(tmp_path / "fetched.zip", KEY.public) == []
