"""Who sets a camera up sees at once what its detector sees: of a real watch, on the page."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, truth_of
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD
from tests.e2e.test_page_accessibility import faults, speak
from vigilanza.lab.simcam import CameraServer
from vigilanza.web.page import LANGUAGES

CLIP = "dev_pos_lone_pry_then_kick"
"""A person stands at the sealed door for most of it."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The page of a box that watches one camera."""
    with CameraServer({"/cam": VIDEOS / f"{CLIP}.mp4"}, user=USER, password=CAMERA_PASSWORD) as server:
        path = configuration(tmp_path, CLIP, camera_url=server.url("/cam"))
        with Command("run", "--config", path, folder=tmp_path) as run:
            url = run.said(r"page is up\s+address=(\S+)/")[1]
            code = run.said(r"first one with this code\s+code=(\S+)")[1]
            body = {"name": OPERATOR, "password": PASSWORD, "code": code}
            headers = {"origin": url, "x-vigilanza": "1"}
            httpx.post(f"{url}/api/setup", json=body, headers=headers, trust_env=False).raise_for_status()
            run.said(r"camera alive\s+camera=cam")
            yield url
            assert run.end() == 0


def test_the_state_of_the_leaf_and_the_people_are_shown_over_the_picture(url: str, page: Page) -> None:
    sign_in(page, url)
    page.get_by_role("button", name="Porte e maschere").click()
    seen = page.locator("#setup-seen")
    expect(seen).to_be_hidden()
    button = page.get_by_role("button", name="Cosa vede il rilevatore")
    button.click()
    sealed = next(door["id"] for door in truth_of(CLIP)["doors"] if door["role"] == "sealed")
    row = seen.locator(f'[data-door="{sealed}"]')
    expect(row).to_have_attribute("data-leaf", re.compile("^leaf_"), timeout=60_000)
    expect(page.locator("#setup-people polygon").first).to_be_attached(timeout=60_000)
    expect(page.locator("#setup-view")).to_have_attribute("data-seen", "true")
    places = [page.locator(f"#setup-{name}").bounding_box() for name in ("picture", "drawing", "people")]
    corners = {tuple(round(place[side]) for side in ("x", "y", "width", "height")) for place in places if place}
    assert len(corners) == 1, "what is drawn lies on the picture"
    expect(page.locator("#setup-seen-view")).to_contain_text(re.compile(r"colori; visuale libera; persone.*: [1-9]"))
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/setup-sight.png")
    button.click()
    expect(seen).to_be_hidden()
    expect(page.locator("#setup-people polygon")).to_have_count(0)


def test_it_keeps_nobody_out_in_either_language(url: str, page: Page) -> None:
    sign_in(page, url)
    found = []
    for language in LANGUAGES:
        speak(page, language)
        page.locator("#setup-open").click()
        page.locator("#setup-sight").click()
        expect(page.locator("#setup-seen [data-leaf^=leaf_]").first).to_be_attached(timeout=60_000)
        expect(page.locator("#setup-people polygon").first).to_be_attached(timeout=60_000)
        found += faults(page, f"what the detector sees ({language})")
        page.locator("#setup-close").click()
    assert found == []
