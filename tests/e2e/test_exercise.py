"""`vigilanza exercise`: two recordings, from the first picture to the score, through the real page."""

import csv
import io
import json
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.commands import Command, children_of, command_line, wait_until
from tests.e2e.test_page_accessibility import faults, speak
from tests.recordings import cut_with_truth
from vigilanza.web.page import LANGUAGES

FORCED, LEAFLET = "dev_pos_two_fast_kick", "dev_neg_leaflet_at_sealed_door"
LONG_ENOUGH_S = {FORCED: 16.0, LEAFLET: 20.0}
"""The door is kicked from 6.4 s on; somebody is at the other one for long enough by 16 s."""
PATIENCE_S = 150.0


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("vigilanza-exercise-*"))


def test_an_exercise_from_the_first_picture_to_the_score(tmp_path: Path, browser: Browser) -> None:
    before = folders()
    clips = tmp_path / "clips"
    clips.mkdir()
    for clip, seconds in LONG_ENOUGH_S.items():
        cut_with_truth(clip, clips, seconds)
    with Command("exercise", "--clips", clips, "--port", "0", folder=tmp_path) as training:
        told = training.printed_when(r"(http://\S+/)   (\S+)   password: (\S+)")
        training.said("page is up")
        with browser.new_context(base_url=told[1], viewport={"width": 1366, "height": 768}) as context:
            page = context.new_page()
            found = come_in(page, name=told[2], password=told[3])
            page.keyboard.press("Enter")  # the button to begin has the focus, or else nothing is played
            decide(page, ["alarm", "critical"])
            decide(page, ["attention"])
            expect(page.locator("#exercise-lessons li")).to_have_count(2, timeout=PATIENCE_S * 1000)
            expect(page.locator("#exercise-score")).to_contain_text("50% giusti e in tempo")
            for language in LANGUAGES:
                found += faults(page, f"results, {language}")
                page.keyboard.press("Escape")
                speak(page, language)
                page.keyboard.press("e")
                expect(page.locator("#exercise")).to_be_visible()
            assert found == []
            rows = list(
                csv.DictReader(io.StringIO(page.request.get("/api/exercise.csv").text().removeprefix("\ufeff")))
            )
            assert_told(rows)
            for incident in page.request.get("/api/incidents").json()["incidents"]:
                assert incident["camera"].startswith("esercitazione-")
                assert page.request.get(f"/api/incidents/{incident['id']}").json()["deliveries"] == []
        assert_nobody_is_told(training, folders() - before)
        assert training.end(number=signal.SIGINT) == 0
        score = json.loads(training.printed.splitlines()[-1])
        assert (score["exercise"], score["percent"], score["over"]) == ("ESERCITAZIONE", 50, True)
        assert "Traceback" not in training.log
    assert folders() <= before


def test_an_exercise_that_is_killed_takes_its_watch_with_it(tmp_path: Path) -> None:
    before = folders()
    cut_with_truth(LEAFLET, tmp_path, 5.0)
    with Command("exercise", "--clips", tmp_path, "--port", "0", folder=tmp_path) as training:
        told = training.printed_when(r"(http://\S+)/   (\S+)   password: (\S+)")
        training.said("page is up")
        headers = {"origin": told[1], "x-vigilanza": "1"}
        with httpx.Client(base_url=told[1], headers=headers, trust_env=False, timeout=20) as trainee:
            trainee.post("/api/login", json={"name": told[2], "password": told[3]}).raise_for_status()
            assert children_of(training.process.pid) == {}
            trainee.post("/api/exercise/begin").raise_for_status()
        processes = wait_until("the watch", lambda: children_of(training.process.pid))
        training.kill()
        wait_until("the watch to end", lambda: not any(command_line(pid) == line for pid, line in processes.items()))
    for folder in folders() - before:
        shutil.rmtree(folder)


def test_what_cannot_be_played_or_shown_is_said_at_once(tmp_path: Path) -> None:
    with Command("exercise", "--clips", tmp_path, folder=tmp_path) as training:
        assert training.process.wait(30) == 65
        assert training.log == f"{tmp_path}: no recording with a truth file (NAME.mp4 and NAME.json) in it\n"
    cut_with_truth(LEAFLET, tmp_path, 5.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command("exercise", "--clips", tmp_path, "--port", str(port), folder=tmp_path) as training:
            assert training.process.wait(30) == 78
            told = f"exercise: port {port} cannot be used (Address already in use); name another: --port N\n"
            assert training.log == told


def come_in(page: Page, *, name: str, password: str) -> list[str]:
    """From the sign-in to the exercise's introduction; what axe finds on the way."""
    page.goto("/")
    expect(page.locator("#exercise-banner")).to_contain_text("ESERCITAZIONE / EXERCISE")
    expect(page).to_have_title(re.compile("ESERCITAZIONE / EXERCISE$"))
    found = faults(page, "sign-in")
    page.get_by_label("Nome operatore").locator("visible=true").fill(name)
    page.get_by_label("Password").locator("visible=true").fill(password)
    page.get_by_role("button", name="Entra").click()
    expect(page.locator("#exercise-intro")).to_contain_text("2 registrazioni")
    found += faults(page, "introduction")
    page.locator("#exercise-begin").focus()
    return found


def decide(page: Page, severities: Sequence[str]) -> None:
    """Open the incident that waits by its row, and confirm it by keys alone; the results have made room for it."""
    row = page.locator(", ".join(f"#waiting .row[data-severity={one}]" for one in severities))
    expect(row).to_be_visible(timeout=PATIENCE_S * 1000)
    expect(page.locator("#exercise")).to_be_hidden()
    door = row.locator(".code").inner_text()
    row.press("Enter")
    expect(page.locator(".head")).to_contain_text(door)
    expect(page.locator("#exercise-banner")).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)


def assert_told(rows: list[dict[str, Any]]) -> None:
    told = {row["clip"]: row for row in rows}
    assert {clip: (row["happened"], row["avs"], row["right"]) for clip, row in told.items()} == {
        FORCED: ("forced_entry", "3", "True"),
        LEAFLET: ("nothing", "3", "False"),
    }
    for row in rows:
        assert row["exercise"] == "ESERCITAZIONE"
        assert 0.0 <= float(row["seen_after_s"]) <= float(row["decided_after_s"])


def assert_nobody_is_told(training: Command, folder: set[Path]) -> None:
    [own] = folder
    written = yaml.safe_load((own / "cameras.yaml").read_text("utf-8"))
    assert set(written) == {"site", "cameras", "storage", "web"}
    assert written["site"]["production"] is False
    children = wait_until("the watch", lambda: children_of(training.process.pid))
    assert not [line for line in children.values() if "vigilanza relay" in line or "vigilanza run" in line]
