"""A technician's test alarm, from the camera to the receipt: of a real box, a real receiver, on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, wait_until
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, PASSWORD
from tests.e2e.test_page_accessibility import faults, speak
from tests.webhook import SECRET
from vigilanza.lab.city import StubCity
from vigilanza.lab.simcam import CameraServer
from vigilanza.web.page import LANGUAGES

CLIP = "dev_pos_lone_pry_then_kick"
PATIENCE = 90_000


@dataclass(frozen=True, slots=True)
class Box:
    """What runs: the page's address, the camera, who is told."""

    url: str
    camera: CameraServer
    city: StubCity


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    (tmp_path / "city").mkdir()
    films = {"/cam": VIDEOS / f"{CLIP}.mp4"}
    with (
        CameraServer(films, user=USER, password=CAMERA_PASSWORD) as camera,
        StubCity(directory=tmp_path / "city", secret=SECRET) as city,
    ):
        path = configuration(tmp_path, CLIP, camera_url=camera.url("/cam"), cities={"comune": city})
        with Command("run", "--config", path, folder=tmp_path) as run:
            url = run.said(r"page is up\s+address=(\S+)/")[1]
            code = run.said(r"first one with this code\s+code=(\S+)")[1]
            body = {"name": OPERATOR, "password": PASSWORD, "code": code}
            headers = {"origin": url, "x-vigilanza": "1"}
            httpx.post(f"{url}/api/setup", json=body, headers=headers, trust_env=False).raise_for_status()
            run.said(r"camera alive\s+camera=cam")
            yield Box(url, camera, city)
            assert run.end() == 0


@pytest.fixture
def url(box: Box) -> str:
    return box.url


def test_every_part_of_the_way_says_that_it_works_or_which_does_not(box: Box, page: Page) -> None:
    sign_in(page, box.url)
    page.locator("#setup-open").click()
    page.locator("#setup-sight").click()
    expect(page.locator("#setup-seen [data-leaf^=leaf_]").first).to_be_attached(timeout=PATIENCE)
    test, end = page.get_by_role("button", name="Allarme di prova"), page.locator("#setup-chain-end")
    pressed = 0

    def whole() -> bool:
        nonlocal pressed
        pressed += 1
        test.click()
        expect(test).to_be_enabled(timeout=PATIENCE)
        return end.get_attribute("data-good") == "true"

    wait_until("the whole way to answer, on a busy machine, too", whole, timeout=120)
    expect(end).to_contain_text("Tutta la catena ha risposto in")
    steps = page.locator("#setup-chain-steps li")
    expect(steps.nth(0)).to_contain_text("sigillate riconosciute: 1")
    expect(steps.nth(1)).to_have_text(re.compile(r"^comunericevuta dopo \d+,\d s: "))
    tests = [alert for alert in box.city.received if "test" in alert.event["type"]]
    assert 1 <= len(tests) <= pressed
    found = []
    for language in LANGUAGES:
        page.locator("#setup-close").click()
        speak(page, language)
        page.locator("#setup-open").click()
        page.locator("#setup-chain").click()
        expect(end).to_have_attribute("data-good", "true", timeout=PATIENCE)
        found += faults(page, f"test alarm ({language})")
    assert found == []
    box.camera.unplug()
    test = page.get_by_role("button", name="Test alarm")
    expect(page.locator("#setup-seen")).to_be_hidden()

    def broken() -> bool:
        test.click()
        expect(test).to_be_enabled(timeout=PATIENCE)
        return end.get_attribute("data-good") == "false"

    wait_until("the loss to be told", broken, timeout=120)
    expect(steps.nth(0)).to_have_attribute("data-state", "bad")
    expect(steps.nth(1)).to_have_attribute("data-state", "good")
    expect(end).to_contain_text("The chain is broken: Camera and detector")
