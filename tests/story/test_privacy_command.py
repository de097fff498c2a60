"""`vigilanza privacy report`, and no real camera without an impact assessment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.unit.test_config_example import ENVIRON, EXAMPLE
from tests.webhook import SECRET
from vigilanza.app.safeguards import settled
from vigilanza.config import load

BARE = "site: {id: s, name: via Esempio 4}\ncameras: [{id: landing, source: 'SOURCE'}]\n"
ASSESSED = "site: {id: s, name: via Esempio 4, dpia: {reference: PROT-1, date: 2026-09-30}}\n"


def written(folder: Path, *, source: str = "rtsp://10.9.0.7/main", head: str | None = None, more: str = "") -> Path:
    text = BARE.replace("SOURCE", source)
    if head is not None:
        text = head + text.partition("\n")[2]
    path = folder / "cameras.yaml"
    path.write_text(text + more, "utf-8")
    return path


def vigilanza(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigilanza", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **(environ or {}), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [("watch", "--config"), ("run", "--config"), ("check",)])
@pytest.mark.parametrize("source", ["rtsp://10.9.0.7/main", "onvif://camera-3.example"])
def test_no_camera_outside_this_machine_is_watched_without_an_assessment(
    tmp_path: Path, command: tuple[str, ...], source: str
) -> None:
    path = written(tmp_path, source=source)
    done = vigilanza(*command, str(path))
    assert done.returncode == 78
    assert f"{path}: site.dpia: camera landing may not be watched before the impact assessment" in done.stderr


def test_neither_is_one_whose_pictures_are_analysed_by_way_of_this_machine(tmp_path: Path) -> None:
    path = written(tmp_path, source="rtsp://10.9.0.7/main")
    text = path.read_text("utf-8").replace("main'", "main', substream: 'rtsp://127.0.0.1:8554/sub'")
    path.write_text(text, "utf-8")
    done = vigilanza("check", str(path))
    assert done.returncode == 78
    assert "site.dpia: camera landing" in done.stderr


@pytest.mark.parametrize(
    ("source", "head"),
    [("rtsp://127.0.0.1:8554/main", None), ("clip.mp4", None), ("rtsp://10.9.0.7/main", ASSESSED)],
)
def test_recordings_simulations_and_assessed_sites_are(tmp_path: Path, source: str, head: str | None) -> None:
    (tmp_path / "clip.mp4").touch()
    done = vigilanza("check", str(written(tmp_path, source=source, head=head)))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_report_of_a_configuration_without_gaps_says_all_of_it(tmp_path: Path) -> None:
    out = tmp_path / "report"
    done = vigilanza("privacy", "report", "--config", str(EXAMPLE), "--out", str(out), environ=ENVIRON)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = out.read_text("utf-8")
    for said in (
        "| controller | ALER (privacy@aler.example) |",
        "Assessment: PROT-2026-000123 of 2026-09-30.",
        "| b3-landing | 0423.B.03.12 | 1 | 1 | nobody |",
        "| centrale-operativa | webhook | only after a person confirmed | none |",
        "| comune-vms | webhook | at once, as unconfirmed |",
        "Pictures are deleted after 24 hours",
        "movenet_multipose",
        "https://aler.example/privacy/0423",
        "Places: street door; stair B.",
    ):
        assert said in text, said
    assert "filled in" not in text.replace("To be filled in, in the configuration", "")


def test_in_italian_too_and_no_table_is_torn(tmp_path: Path) -> None:
    for language, word in (("it", "AREA VIDEOSORVEGLIATA"), ("en", "CCTV IN OPERATION")):
        done = vigilanza("privacy", "report", "--config", str(EXAMPLE), "--language", language, environ=ENVIRON)
        assert word in done.stdout
        assert done.stdout.endswith(".\n")
        lines = done.stdout.splitlines()
        tables = [line for line in lines if line.startswith("|")]
        assert all(line.endswith("|") for line in tables)
        for above, below in pairwise(lines):
            if above.startswith("|") and below.startswith("|"):
                assert above.count("|") == below.count("|"), below
            assert not (above.startswith(("|", ">")) and below and below[0] != above[0]), below


def test_gaps_are_named_and_the_report_is_there_all_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, more="privacy: {officer: dpo@aler.example}\n")
    done = vigilanza("privacy", "report", "--config", str(path), "--language", "it")
    assert done.returncode == 1
    gaps = "site.dpia, site.address, privacy.controllers, privacy.legal_basis, privacy.notice, privacy.signs"
    assert done.stderr == f"still to be filled in: {gaps}\n"
    assert "finché manca nessuna telecamera vera viene guardata" in done.stdout
    assert "| destinatari | nessuno |" in done.stdout


def test_what_is_configured_is_what_is_said(tmp_path: Path) -> None:
    more = (
        "storage: {retention_hours: 168, retention_reason: reati ripetuti}\n"
        "privacy: {purpose: urban_security, interiors: shown, interiors_reason: alloggi mai abitati}\n"
    )
    text = vigilanza("privacy", "report", "--config", str(written(tmp_path, more=more)), "--language", "it").stdout
    assert "168 ore (motivo: reati ripetuti)" in text
    assert "sicurezza urbana (D.L. 11/2009, art. 6; D.lgs. 51/2018)" in text
    assert "Motivo registrato: alloggi mai abitati." in text


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = vigilanza("privacy", "report", "--config", str(written(tmp_path)), "--out", str(tmp_path / "no" / "x"))
    assert done.returncode == 2
    assert done.stderr.startswith("--out: ")


LOOSER = (
    "storage: {retention_hours: 72, retention_reason: furti ripetuti}\n"
    "privacy: {interiors: shown, interiors_reason: alloggi mai abitati}\n"
    "destinations: [{id: press, kind: municipal_vms, channel: webhook, url: 'https://press.example/', secret_env: S}]\n"
)
SECRET_SET = {"S": SECRET}


@pytest.mark.parametrize(
    ("language", "term", "destination"),
    [
        ("it", "72 h invece di 24 h", "Nuovo destinatario press: "),
        ("en", "72 h instead of 24 h", "New destination press: "),
    ],
)
def test_what_waits_for_a_second_person_is_named_and_not_reported(
    tmp_path: Path, language: str, term: str, destination: str
) -> None:
    path = written(tmp_path, source="rtsp://127.0.0.1:9/main")
    report = ("privacy", "report", "--config", str(path), "--language", language)
    settled(load(path, environ={}), environ={}, clock=FakeClock())
    before = vigilanza(*report).stdout
    written(tmp_path, source="rtsp://127.0.0.1:9/main", more=LOOSER)
    done = vigilanza(*report, environ=SECRET_SET)
    head, _, entries = done.stdout.partition("## 1.")
    assert entries == before.partition("## 1.")[2]
    assert f"{term}\n" in head
    assert f"- {destination}" in head
    assert done.returncode == 1
    assert "waits for a second person, and is not in force: retention: 24 h -> 72 h\n" in done.stderr
    agreed = ("--by", "Ivo", "--approved-by", "Lea", "--reason", "prot. 7/26")
    assert vigilanza("safeguards", "approve", "--config", str(path), *agreed, environ=SECRET_SET).returncode == 0
    done = vigilanza(*report, environ=SECRET_SET)
    assert "waits" not in done.stderr
    assert "press (webhook)" in done.stdout
    assert "(motivo: furti ripetuti)" in done.stdout or "(reason: furti ripetuti)" in done.stdout


def test_a_report_makes_no_database_and_knows_what_counted_in_another_one(tmp_path: Path) -> None:
    path = written(tmp_path, source="rtsp://127.0.0.1:9/main")
    vigilanza("privacy", "report", "--config", str(path))
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    settled(load(path, environ={}), environ={}, clock=FakeClock())
    more = "storage: {database: 'sqlite:///other.db', retention_hours: 72, retention_reason: furti}\n"
    written(tmp_path, source="rtsp://127.0.0.1:9/main", more=more)
    done = vigilanza("privacy", "report", "--config", str(path), "--language", "en")
    assert "Pictures are deleted after 24 hours" in done.stdout
    assert "retention: 24 h -> 72 h" in done.stderr


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, source="rtsp://127.0.0.1:9/main", more="storage: {database: 'sqlite:///away'}\n")
    (tmp_path / "away").mkdir()
    done = vigilanza("privacy", "report", "--config", str(path))
    assert (done.returncode, done.stdout) == (75, "")
