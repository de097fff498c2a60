"""A technician finds a camera on the network, asks it how it is set, and adds it, all on the page."""

import os
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.drawn_site import TEXT, DrawnSite, site
from tests.e2e.conftest import sign_in
from tests.e2e.seed import OPERATOR, Room, furnish
from tests.e2e.seed import PASSWORD as SECRET
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from vigilanza.app.scout import NetworkScout
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.role import Role
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer


@pytest.fixture
def one() -> Iterator[OnvifCamera]:
    with camera((replace(MAIN, gop=300), replace(SUB, audio=True))) as one:
        yield one


@pytest.fixture
def drawn(tmp_path: Path) -> DrawnSite:
    return site(tmp_path, text=TEXT.replace("127.0.0.1:8554", "10.0.0.1"))


@pytest.fixture
def room(tmp_path: Path, drawn: DrawnSite, one: OnvifCamera) -> Iterator[Room]:
    with DiscoveryAnswerer(Announced("Scala B", "Sim Cam", lambda: [one.xaddr]), port=0) as answerer:
        scout = NetworkScout(
            board=drawn.board,
            networks=(ip_network("127.0.0.0/8"),),
            clock=SystemClock(),
            port=answerer.port,
            patience=1.0,
        )
        yield from furnish(tmp_path, board=drawn.board, scout=scout)


@pytest.fixture
def finder(room: Room, page: Page) -> Page:
    """The dialog, opened from set-up."""
    room.accounts.create(OPERATOR, SECRET, roles={Role.TECHNICIAN})
    sign_in(page)
    page.get_by_role("button", name="Porte e maschere").click()
    page.get_by_role("button", name="Cerca telecamere").click()
    return page


def probe(page: Page, address: str, password: str = PASSWORD) -> None:
    page.get_by_label("Indirizzo", exact=True).fill(address)
    page.get_by_label("Utente della telecamera").fill(USER)
    page.get_by_label("Password della telecamera").fill(password)
    page.get_by_role("button", name="Prova", exact=True).click()


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_camera_is_found_asked_and_added(finder: Page, drawn: DrawnSite, room: Room, one: OnvifCamera) -> None:
    finder.get_by_role("button", name="Cerca", exact=True).click()
    row = finder.locator("#find-found tbody tr").filter(has_text=one.address)
    expect(row).to_contain_text("Scala B")
    expect(row).to_contain_text("nuova")
    finder.get_by_role("button", name=f"Scegli {one.address}").click()
    expect(finder.get_by_label("Indirizzo", exact=True)).to_have_value(one.address)
    probe(finder, one.address)
    expect(finder.locator("#find-camera")).to_have_text("Vigilanza SimCam")
    expect(finder.locator("#find-profiles tr").first).to_contain_text("Profile_1conservatoH.2641280x7201520,0 s2048no")
    expect(finder.locator("#find-advice li")).to_have_text(
        [
            "Profile_1fotogrammi chiave solo ogni 20 sintervallo I-frame di 2 s (30 immagini);"
            " disattivare codec «smart» come H.264+",
            "Profile_2l'audio è attivodisattivare l'audio: non se ne può registrare",
        ]
    )
    shoot(finder, "find")
    name = finder.get_by_label("Nome della telecamera nella configurazione")
    expect(name).to_have_value("Scala-B")
    name.fill("scala-b-p3")
    finder.get_by_role("button", name="Aggiungi", exact=True).click()
    expect(finder.locator("#setup-told")).to_contain_text("scala-b-p3 aggiunta. Quando è in vigore")
    expect(finder.get_by_label("Telecamera", exact=True)).to_have_value("scala-b-p3")
    expect(finder.locator("#finder")).to_be_hidden()
    added = load(drawn.path, environ={}).cameras[2]
    assert (added.id, added.source) == ("scala-b-p3", f"onvif://{one.address}/main")
    assert added.credentials is not None
    assert added.credentials.password.reveal() == PASSWORD
    assert room.records("setup.added") == ["scala-b-p3"]
    assert room.records("setup.probed") == [f"onvif://{one.address}"]
    finder.get_by_role("button", name="Cerca telecamere").click()
    expect(finder.get_by_label("Password della telecamera")).to_have_value("")
    finder.get_by_role("button", name="Cerca", exact=True).click()
    expect(row).to_contain_text("già configurata: scala-b-p3")


def test_why_nothing_is_told_is_said_at_its_place(finder: Page, one: OnvifCamera) -> None:
    problem = finder.locator("#find-problem")
    probe(finder, one.address, "wrong")
    expect(problem).to_contain_text("La telecamera non accetta utente o password")
    shoot(finder, "find-password")
    probe(finder, "192.0.2.1")
    expect(problem).to_contain_text("web.camera_networks")
    probe(finder, f"onvifs://{one.address}")
    expect(problem).to_contain_text("serve il certificato della telecamera")
    expect(finder.get_by_label("Certificato della telecamera")).to_be_visible()
    finder.get_by_label("Reti o indirizzi").fill("127.0.0.9/32, no-such-host.invalid")
    finder.get_by_role("button", name="Cerca", exact=True).click()
    expect(problem).to_contain_text("Nessun indirizzo per quel nome")
    one.unplug()
    probe(finder, one.address)
    expect(problem).to_contain_text("La telecamera non risponde")


def test_it_is_gone_with_what_was_typed_when_the_session_ends(finder: Page, room: Room, one: OnvifCamera) -> None:
    finder.get_by_label("Password della telecamera").fill(PASSWORD)
    room.accounts.create("g.verdi", SECRET)
    room.roster.change(OPERATOR, by="g.verdi", add={Role.AUDITOR})
    expect(finder.get_by_role("heading", name="Accesso operatore")).to_be_visible()
    expect(finder.locator("#finder")).to_be_hidden()
    expect(finder.locator("#find-probe [name=password]")).to_have_value("")
    assert not one.requests
