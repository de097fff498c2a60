"""The composition of a centre, read without Docker; what its NATS server makes of its configuration, by that server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.centre import new_key
from tests.house.tree import ROOT
from vigilanza.app.certificate import AUTHORITY, CERTIFICATE, KEY, make_certificate
from vigilanza.clock import SystemClock
from vigilanza.cluster.accounts import accounts
from vigilanza.config import load

SERVICES = yaml.safe_load((ROOT / "docker-compose.centre.yml").read_text("utf-8"))["services"]
SETTINGS = ROOT / "packaging" / "nats" / "centre.conf"
CONFIGURATION = ROOT / "config" / "docker.centre.yaml"
PASSWORDS = {"CENTRE_PASSWORD": "p0123456789abcdef+/=", "SITE_0423_PASSWORD": "p9876543210/+="}


def placed(folder: Path) -> Path:
    """All that the containers have, under `folder` as its root: the path of NATS' configuration."""
    etc, home = folder / "etc" / "vigilanza", folder / "var" / "lib" / "vigilanza"
    make_certificate(home / "tls", ["centre.example"], clock=SystemClock())
    make_certificate(home / "tls" / "nats", ["nats", "centre.example"], clock=SystemClock())
    new_key(etc / "sites", "0423")
    secret = folder / "run" / "secrets" / "database_password"
    secret.parent.mkdir(parents=True)
    secret.write_text("given", "utf-8")
    for source, target in ((SETTINGS, "nats.conf"), (CONFIGURATION, "centre.yaml")):
        text = re.sub(r"(?<![.\w])/(var|run)/", rf"{folder}/\1/", source.read_text("utf-8"))
        (etc / target).write_text(text, "utf-8")
    (home / "nats").mkdir()
    (home / "nats" / "accounts.conf").write_text(accounts(["0423"]), "utf-8")
    return etc / "nats.conf"


def test_the_configuration_of_the_centre_loads(tmp_path: Path) -> None:
    settings = placed(tmp_path)
    config = load(settings.with_name("centre.yaml"), environ=PASSWORDS)
    assert config.centre is not None
    assert config.centre.nats.servers == ("tls://nats:4222",)
    assert [one.id for one in config.centre.sites] == ["0423"]
    assert f"${{VIGILANZA_PAGE:-127.0.0.1}}:{config.web.port}:{config.web.port}" in SERVICES["web"]["ports"]


def test_its_nats_server_takes_its_configuration(tmp_path: Path) -> None:
    settings = placed(tmp_path)
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    assert program, "nats-server is missing: scripts/system-packages test"
    for environ, good in ((PASSWORDS, True), ({}, False)):
        said = subprocess.run(
            [program, "-t", "-c", str(settings)],
            env=dict(environ) | {"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (said.returncode == 0) is good, said.stderr


def test_its_parts_are_those_of_a_centre() -> None:
    assert set(SERVICES) == {"db", "certificate", "nats-certificate", "accounts", "nats", "centre", "relay", "web"}
    for name in ("centre", "relay", "web"):
        assert SERVICES[name]["command"] == [name, "--config", "/etc/vigilanza/centre.yaml"]
        assert SERVICES[name]["depends_on"]["accounts"] == {"condition": "service_completed_successfully"}
    assert {"accounts", "nats"} == {
        name for name, one in SERVICES.items() if "nats:/var/lib/vigilanza/nats" in one.get("volumes", [])
    }


def test_nats_finds_what_is_made_for_it() -> None:
    mounts = SERVICES["nats"]["volumes"]
    assert f"./{SETTINGS.relative_to(ROOT)}:{SERVICES['nats']['command'][1]}:ro" in mounts
    made = SERVICES["nats-certificate"]["command"][1]
    settings = SETTINGS.read_text("utf-8")
    assert {f"{made}/{CERTIFICATE}", f"{made}/{KEY}"} == set(re.findall(r'_file: "(.+)"', settings))
    assert yaml.safe_load(CONFIGURATION.read_text("utf-8"))["centre"]["nats"]["ca_file"] == f"{made}/{AUTHORITY}"
    included = re.findall(r'include "(.+)"', settings)
    (script,) = SERVICES["accounts"]["command"]
    assert [os.path.normpath(f"/etc/vigilanza/{one}") for one in included] == re.findall(r"cp \S+ (\S+)", script)
    assert {"--name=nats"} < set(SERVICES["nats-certificate"]["command"])


def test_only_nats_and_the_page_can_be_reached_and_the_centre_itself_leads_nowhere() -> None:
    assert {name for name, one in SERVICES.items() if one.get("ports")} == {"nats", "web"}
    assert SERVICES["centre"]["networks"] == ["inside"]
    assert [name for name, one in SERVICES.items() if "receivers" in one.get("networks", [])] == ["relay"]
