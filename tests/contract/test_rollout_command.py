"""The configurations of a city as the office meets them: one file a site, and what is the same at all of them."""

from pathlib import Path

import pytest
import yaml

from tests.centre import centre_file, new_key, read, reception_of
from tests.contract.test_check_command import vigilanza
from tests.samples import BEGAN
from tests.sender import Sender
from vigilanza.config import load
from vigilanza.domain.edition import Edition, edition_of
from vigilanza.store.database import open_database

DEFAULTS = """\
site: {timezone: Europe/Rome, municipality: Milano, dpia: {reference: DPIA 7/2026, date: 2026-03-01}}
clips: {before: 20, after: 60}
destinations:
  - {id: city, kind: municipal_vms, channel: webhook, url: "https://city.example/alerts", secret_env: CITY_SECRET}
storage: {retention_hours: 48, retention_reason: agreed with the municipality}
"""
SITE = """\
site: {{id: "{id}", name: via Esempio {number}}}
cameras:
  - id: landing
    source: rtsp://10.0.0.4/main
    credentials: {{user: vigilanza, password_file: secrets/landing}}
clips: {{after: 30}}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A folder with defaults.yaml and three sites, none of whose secrets lie here."""
    (tmp_path / "defaults.yaml").write_text(DEFAULTS, "utf-8")
    for number in (1, 2, 3):
        (tmp_path / f"site{number}.yaml").write_text(SITE.format(id=f"042{number}", number=number), "utf-8")
    return tmp_path


def files(city: Path) -> list[str]:
    return [str(path) for path in sorted(city.glob("site*.yaml"))]


def laid(city: Path, *arguments: str) -> list[str]:
    return [*arguments, *files(city), "--defaults", str(city / "defaults.yaml")]


def test_all_sites_are_checked_at_once_each_with_the_name_of_its_configuration(city: Path) -> None:
    run = vigilanza(*laid(city, "check"))
    assert run.returncode == 0, run.stderr
    rows = [line.split() for line in run.stdout.splitlines() if line.startswith("042")]
    assert [row[0] for row in rows] == ["0421", "0422", "0423"]
    assert len({row[-1] for row in rows}) == 3
    assert f"warning: {city}/site1.yaml: camera landing: no sealed door" in run.stdout
    assert "nobody outside is told" not in run.stdout, "the defaults name a destination"


def test_what_is_wrong_is_told_with_the_file_that_says_it_and_once(city: Path) -> None:
    with (city / "defaults.yaml").open("a", encoding="utf-8") as file:
        file.write("ring: {seconds: never}\n")
    (city / "site2.yaml").write_text(SITE.format(id="0422", number=2) + "clip: {}\n", "utf-8")
    (city / "site3.yaml").write_text("cameras: []\n", "utf-8")
    run = vigilanza(*laid(city, "check"))
    assert run.returncode == 78
    told = run.stderr.splitlines()
    assert told[0].startswith(f"{city}/defaults.yaml:6:8: ring.seconds: must be")
    assert len([line for line in told if "ring.seconds" in line]) == 1
    assert f'{city}/site2.yaml:7:1: clip: unknown key "clip", did you mean "clips"?' in told
    assert f"{city}/defaults.yaml:1:1: site.id: is missing" in told
    assert not [line for line in told if line.startswith(f"{city}/site1.yaml")]


def test_what_a_site_says_in_place_of_the_defaults_is_its_own_fault(city: Path) -> None:
    with (city / "defaults.yaml").open("a", encoding="utf-8") as file:
        file.write("cameras: [{id: one, source: 'rtsp://10.0.0.9/main'}]\n")
    site = '"0423", name: via Esempio 3}\ncameras:\n  - {source: "rtsp://10.0.0.4/main"}\n'
    (city / "site3.yaml").write_text("site: {id: " + site, "utf-8")
    run = vigilanza(*laid(city, "check"))
    assert (run.returncode, run.stderr) == (78, f"{city}/site3.yaml:3:5: cameras[0].id: is missing\n")


def test_two_sites_of_one_name_are_told(city: Path) -> None:
    (city / "site3.yaml").write_text(SITE.format(id="0421", number=3), "utf-8")
    run = vigilanza(*laid(city, "check"))
    assert (run.returncode, run.stderr) == (78, f"{city}/site3.yaml: site.id: 0421 is also that of {city}/site1.yaml\n")


def test_each_site_gets_one_whole_file_that_says_what_both_said(city: Path) -> None:
    run = vigilanza(*laid(city, "centre", "rollout", "--into", str(city / "out")))
    assert run.returncode == 0, run.stderr
    whole = load(city / "out" / "0422.yaml", environ={}, offline=True)
    assert (whole.site.name, whole.site.municipality) == ("via Esempio 2", "Milano")
    assert (whole.clips.before, whole.clips.after) == (20.0, 30.0)
    document = yaml.safe_load((city / "out" / "0422.yaml").read_text("utf-8"))
    assert document["destinations"][0]["id"] == "city"
    assert document["cameras"][0]["credentials"] == {"user": "vigilanza", "password_file": "secrets/landing"}
    assert [line.split()[-1] for line in run.stdout.splitlines()[1:]] == ["new"] * 3


def test_only_what_has_changed_is_written_anew(city: Path) -> None:
    command = laid(city, "centre", "rollout", "--into", str(city / "out"))
    vigilanza(*command)
    before = {path.name: path.stat().st_ino for path in (city / "out").iterdir()}
    (city / "site2.yaml").write_text(SITE.format(id="0422", number=22), "utf-8")
    (city / "out" / "0999.yaml").write_text("x: 1\n", "utf-8")
    run = vigilanza(*command)
    after = {path.name: path.stat().st_ino for path in (city / "out").iterdir()}
    assert [name for name in before if after[name] != before[name]] == ["0422.yaml"]
    assert f"{city}/out/0999.yaml: of no site named here" in run.stdout


def test_nothing_is_written_while_one_of_them_is_wrong(city: Path) -> None:
    (city / "site3.yaml").write_text(SITE.format(id="0423", number=3) + "clip: {}\n", "utf-8")
    run = vigilanza(*laid(city, "centre", "rollout", "--into", str(city / "out")))
    assert run.returncode == 78
    assert not (city / "out").exists()


def test_the_centre_tells_which_site_runs_another_configuration(city: Path) -> None:
    vigilanza(*laid(city, "centre", "rollout", "--into", str(city / "out")))
    for site in ("0421", "0422"):
        new_key(city, site)
    database = f"sqlite:///{city}/centre.db"
    path = centre_file(city, nats="nats://127.0.0.1:9", sites=["0421", "0422"], database=database)
    engine = open_database(database)
    reception = reception_of(read(path), engine)
    wanted = edition_of((city / "out" / "0421.yaml").read_bytes())
    for site, runs in (("0421", wanted), ("0422", "0" * 12)):
        sender = Sender(city / f"{site}.pem", site)
        reception.take_pulses([sender.pulse(BEGAN, runs=Edition("0.1.0", runs))])
    engine.dispose()
    run = vigilanza("centre", "status", "--config", str(path), "--rolled-out", str(city / "out"), COLUMNS="250")
    lines = {line.split()[0]: line for line in run.stdout.splitlines()}
    assert run.returncode == 1
    assert f"0.1.0 {wanted}" in lines["0421"]
    assert lines["0421"].rstrip().endswith("ok")
    assert f"0.1.0 {'0' * 12}" in lines["0422"]
    assert "does not run " in lines["0422"]
