"""The composition of a site with several boxes, read without Docker; its NATS server and database by those programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import yaml
from psycopg.conninfo import make_conninfo

from tests.house.tree import ROOT
from vigilanza.app.certificate import AUTHORITY, make_certificate
from vigilanza.clock import SystemClock
from vigilanza.config import Config, load
from vigilanza.lab.postgres import PostgresServer

SERVICES = yaml.safe_load((ROOT / "docker-compose.site.yml").read_text("utf-8"))["services"]
SETTINGS = {
    "site.yaml": ROOT / "config" / "docker.site.yaml",
    "nats.conf": ROOT / "packaging" / "nats" / "site.conf",
    "database.conf": ROOT / "packaging" / "postgresql" / "site.conf",
}
SECRETS = {"NATS_PASSWORD": "p0123456789abcdef+/=", "VMS_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
PASSWORD = "given"


def names(service: str) -> list[str]:
    return [one.removeprefix("--name=") for one in SERVICES[service]["command"] if one.startswith("--name=")]


def under(folder: Path, text: str) -> str:
    return re.sub(r"(?<![.\w/])/(var/lib/vigilanza|run|etc)/", rf"{folder}/\1/", text)


def placed(folder: Path) -> Config:
    """All that the containers have, under `folder` as its root: what a box makes of its configuration."""
    etc, tls = folder / "etc" / "vigilanza", folder / "var" / "lib" / "vigilanza" / "tls"
    make_certificate(tls, ["site.example"], clock=SystemClock())
    make_certificate(tls / "server", names("server-certificate"), clock=SystemClock())
    (folder / "run" / "secrets").mkdir(parents=True)
    (folder / "run" / "secrets" / "database_password").write_text(PASSWORD, "utf-8")
    etc.mkdir(parents=True)
    for target, source in SETTINGS.items():
        (etc / target).write_text(under(folder, source.read_text("utf-8")), "utf-8")
    return load(etc / "site.yaml", environ=SECRETS)


@pytest.fixture
def database() -> Iterator[tuple[Path, int]]:
    """PostgreSQL with the arguments of the composition: the root that everything lies under, and its port."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        placed(folder)
        data, programs = folder / "data", sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        user = "postgres" if os.geteuid() == 0 else None
        if user is not None:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, user)
        secret = folder / "run" / "secrets" / "database_password"
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "vigilanza",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
        ]
        subprocess.run(initdb, user=user, check=True, capture_output=True, cwd="/")
        port = free_port()
        said = " ".join([under(folder, " ".join(SERVICES["db"]["command"])), f"-k {folder} -p {port}"])
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        started = subprocess.run([*control, "-o", said, "start"], user=user, check=False, cwd="/")
        assert started.returncode == 0, (folder / "log").read_text("utf-8")
        try:
            yield folder, port
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], user=user, check=True, cwd="/")


def free_port() -> int:
    with TemporaryDirectory() as folder:
        return PostgresServer(Path(folder)).port


def test_the_configuration_of_the_site_loads(tmp_path: Path) -> None:
    config = placed(tmp_path)
    assert config.sharing is not None
    assert config.sharing.nats.servers == ("tls://server:4222",)
    tls = tmp_path / "var/lib/vigilanza/tls"
    assert config.sharing.nats.ca_file == tls / "server" / AUTHORITY
    assert config.storage.database.startswith("postgresql+psycopg://vigilanza@server/vigilanza?sslmode=verify-full&")
    assert f"${{VIGILANZA_PAGE:-127.0.0.1}}:{config.web.port}:{config.web.port}" in SERVICES["web"]["ports"]


def test_its_nats_server_takes_its_configuration(tmp_path: Path) -> None:
    placed(tmp_path)
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    assert program, "nats-server is missing: scripts/system-packages test"
    for environ, good in ((SECRETS, True), ({}, False)):
        said = subprocess.run(
            [program, "-t", "-c", str(tmp_path / "etc" / "vigilanza" / "nats.conf")],
            env=dict(environ) | {"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (said.returncode == 0) is good, said.stderr


def test_its_database_is_spoken_to_by_tls_and_with_the_password_alone(database: tuple[Path, int]) -> None:
    folder, port = database
    tls = folder / "var" / "lib" / "vigilanza" / "tls"
    right = {
        "host": "server",
        "hostaddr": "127.0.0.1",
        "port": str(port),
        "user": "vigilanza",
        "dbname": "vigilanza",
        "password": PASSWORD,
        "sslmode": "verify-full",
        "sslrootcert": str(tls / "server" / AUTHORITY),
    }
    inside = {"host": str(folder), "hostaddr": "", "dbname": "postgres"}
    with psycopg.connect(make_conninfo(**{**right, **inside}), autocommit=True) as own:
        own.execute("CREATE DATABASE vigilanza")
    with psycopg.connect(make_conninfo(**right)) as link:
        assert link.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)
    wrong = [
        ({"sslmode": "disable"}, "no encryption"),
        ({"sslrootcert": str(tls / AUTHORITY)}, "certificate verify failed"),
        ({"host": "another"}, 'does not match host name "another"'),
        ({"password": "another"}, "password authentication failed"),
    ]
    for change, why in wrong:
        with pytest.raises(psycopg.OperationalError, match=why):
            psycopg.connect(make_conninfo(**{**right, **change}))


def test_a_server_and_a_box_have_their_parts_and_nothing_else() -> None:
    of = {
        profile: {name for name, one in SERVICES.items() if profile in one["profiles"]} for profile in ("server", "box")
    }
    assert of["box"] == {"certificate", "watch"}
    assert of["server"] == set(SERVICES) - {"watch"}
    for profile, parts in of.items():
        for part in parts:
            assert set(SERVICES[part].get("depends_on", {})) <= parts, f"{part} waits for what {profile} does not start"
    for name in ("watch", "relay", "web"):
        assert SERVICES[name]["command"] == [name, "--config", "/etc/vigilanza/site.yaml"]


def test_boxes_find_database_and_nats_under_the_name_of_their_certificate() -> None:
    (name,) = names("server-certificate")
    assert SERVICES["watch"]["extra_hosts"] == [f"{name}:${{VIGILANZA_SERVER:-127.0.0.1}}"]
    assert SERVICES["db"]["networks"]["inside"] == {"aliases": [name]}
    published = {one: SERVICES[one]["ports"] for one in ("db", "nats")}
    assert published == {
        "db": ["${VIGILANZA_SERVER:-127.0.0.1}:5432:5432"],
        "nats": ["${VIGILANZA_SERVER:-127.0.0.1}:4222:4222"],
    }
    mounted = {one for name in ("db", "nats") for one in SERVICES[name]["volumes"] if one.startswith("./packaging")}
    assert mounted == {
        f"./{source.relative_to(ROOT)}:/etc/vigilanza/{target}:ro"
        for target, source in SETTINGS.items()
        if target != "site.yaml"
    }


@pytest.mark.parametrize("name", ["watch", "relay", "web"])
def test_pictures_are_the_sites_and_never_written_beside_a_file_server_that_is_away(name: str) -> None:
    (media,) = [one for one in SERVICES[name]["volumes"] if not isinstance(one, str)]
    assert media["source"].startswith("${VIGILANZA_MEDIA:?")
    assert (media["target"], media["bind"]) == ("/var/lib/vigilanza/media", {"create_host_path": False})
    assert "state:/var/lib/vigilanza/state" in SERVICES[name]["volumes"]


def test_who_speaks_with_the_cameras_does_not_share_a_network_with_who_speaks_with_the_city() -> None:
    on = {name: set(one.get("networks", [])) for name, one in SERVICES.items()}
    assert on["watch"] == {"cameras"}
    assert [name for name in on if "receivers" in on[name]] == ["relay"]
    assert {name for name in on if "site" in on[name]} == {"db", "nats"}
