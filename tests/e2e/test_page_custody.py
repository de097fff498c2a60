"""How long pictures stay, on the operator's page."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.seed import TERM_S, Room, Scene, add_pictures, forced_entry
from tests.fakes import Hurried
from vigilanza.store.retention import SETTLING_S, Retention


@pytest.fixture
def scene(room: Room) -> Scene:
    """An incident whose pictures end their term in five minutes."""
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - TERM_S + 300)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    return scene


def choose(console: Page) -> None:
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()


def keep(console: Page, *, day: str) -> None:
    console.get_by_role("button", name="Conserva per ordine…").click()
    console.get_by_label("Chi lo ordina").fill("Procura di Milano")
    console.get_by_label("Protocollo n.").fill("1234/26")
    console.get_by_label("Fino al (compreso)").fill(day)
    console.get_by_role("button", name="Conserva", exact=True).click()


def in_days(number: int) -> datetime:
    return datetime.now(ZoneInfo("Europe/Rome")) + timedelta(days=number)


def test_pictures_are_held_by_one_and_released_by_two(
    room: Room, console: Page, scene: Scene, colleague: Callable[[], Page]
) -> None:
    choose(console)
    custody = console.locator(".custody")
    expect(custody).to_contain_text("se nessuno ordina di conservarle")
    keep(console, day=in_days(90).strftime("%Y-%m-%d"))
    expect(custody).to_contain_text(f"Procura di Milano, prot. 1234/26, fino al {in_days(90):%d/%m/%Y}")
    expect(custody).to_contain_text("Conservate per ordine")
    expect(custody.locator("form")).to_be_hidden()
    console.get_by_role("button", name="Chiedi il rilascio").click()
    expect(custody).to_contain_text("rilascio chiesto da m.rossi: serve una seconda persona")
    console.get_by_role("button", name="Rilascia").click()
    expect(console.locator("#failure")).to_contain_text("Serve una seconda persona")
    other = colleague()
    choose(other)
    other.get_by_role("button", name="Rilascia").click()
    expect(custody).to_contain_text("rilasciato da m.rossi e a.bianchi")
    expect(custody).to_contain_text("se nessuno ordina di conservarle")
    assert [len(room.records(f"hold.{what}")) for what in ("placed", "release_asked", "released")] == [1, 1, 1]


def test_longer_than_a_week_takes_a_second_person(
    room: Room, console: Page, scene: Scene, colleague: Callable[[], Page]
) -> None:
    choose(console)
    custody = console.locator(".custody")
    keep(console, day=in_days(3).strftime("%Y-%m-%d"))
    expect(custody.locator("li")).to_have_count(1)
    expect(custody.get_by_role("button", name="Conferma")).to_have_count(0)
    keep(console, day=in_days(90).strftime("%Y-%m-%d"))
    expect(custody).to_contain_text("se una seconda persona non conferma")
    custody.get_by_role("button", name="Conferma").click()
    expect(console.locator("#failure")).to_contain_text("Serve una seconda persona")
    other = colleague()
    other.locator("#handover-open").click()
    other.locator("#handover-holds").get_by_role("button", name="1234/26").click()
    other.locator(".custody").get_by_role("button", name="Conferma").click()
    expect(custody).to_contain_text("confermato da a.bianchi")
    expect(custody).not_to_contain_text("se una seconda persona non conferma")
    assert len(room.records("hold.confirmed")) == 1


def test_a_day_that_is_past_is_refused_and_what_was_typed_stays(console: Page, scene: Scene) -> None:
    choose(console)
    keep(console, day=in_days(-2).strftime("%Y-%m-%d"))
    expect(console.locator("#failure")).to_contain_text("Il giorno deve essere futuro")
    expect(console.get_by_label("Chi lo ordina")).to_have_value("Procura di Milano")


def test_pictures_that_were_deleted_are_said_to_be_while_somebody_looks(room: Room, console: Page) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - TERM_S - 300)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene)
    choose(console)
    expect(console.locator(".screen video")).to_be_visible()
    hurried = Hurried()
    retention = Retention(engine=room.engine, files=room.media, clock=hurried, term=TERM_S)
    hurried.wait(SETTLING_S, threading.Event())
    assert len(retention.run_once().deleted) == 4
    expect(console.locator(".screen .notice")).to_contain_text("Immagini cancellate")
    expect(console.locator(".screen video")).to_have_count(0)
    expect(console.locator(".strip button")).to_have_count(0)
    expect(console.locator(".custody")).to_contain_text("Cancellate al termine della conservazione")
    expect(console.get_by_role("button", name="Conserva per ordine…")).to_be_hidden()
