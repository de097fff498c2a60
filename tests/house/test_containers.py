"""The image and the composition, read without Docker."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.tree import ROOT
from vigilanza.app.certificate import CERTIFICATE, KEY
from vigilanza.app.supervisor import PATIENCE_S
from vigilanza.config import load

COMPOSITIONS = {
    name: yaml.safe_load((ROOT / name).read_text("utf-8"))
    for name in ("docker-compose.yml", "docker-compose.centre.yml", "docker-compose.site.yml")
}
COMPOSE = COMPOSITIONS["docker-compose.yml"]
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EVERY = [
    pytest.param(service, id=f"{name.removesuffix('.yml').removeprefix('docker-compose')}-{part}".strip(".-"))
    for name, composition in COMPOSITIONS.items()
    for part, service in composition["services"].items()
]
FOREIGN = {"postgres": {"postgres", "10001"}, "nats": {"10001"}}
"""Images of others, and the accounts that they may run under: the image's own, or the one of ours."""
WRITTEN = re.compile(r"([a-z]+|\./tls|\$\{VIGILANZA_MEDIA:\?.+\}):/var/lib/")
INSTRUCTIONS = {"FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """(INSTRUCTION, the rest), with continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def mounts(service: dict[str, Any]) -> list[str]:
    """Source:target of each, and whether it is read only."""
    volumes = service.get("volumes", [])
    return [one if isinstance(one, str) else f"{one['source']}:{one['target']}" for one in volumes]


def given(instruction: str) -> list[str]:
    return [rest for word, rest in instructions() if word == instruction]


def test_dockerfile_is_made_of_known_instructions() -> None:
    assert {word for word, _ in instructions()} <= INSTRUCTIONS
    for rest in given("RUN"):
        shlex.split(rest)
    for rest in (*given("ENTRYPOINT"), *given("CMD")):
        assert isinstance(json.loads(rest), list)


def test_image_is_pinned_small_and_without_root() -> None:
    assert {rest.split(" AS ")[0] for rest in given("FROM")} == {"python:3.11-slim-bookworm"}
    assert given("USER")[-1] not in {"root", "0"}
    installs = [rest for rest in given("RUN") if "pip install" in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-deps" in rest for rest in installs)
    assert any("--requirement requirements.lock" in rest for rest in installs)
    check = given("HEALTHCHECK")[-1]
    assert json.loads(check.partition(" CMD ")[2])[0] == "vigilanza"


def test_everything_copied_exists_and_is_let_through() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    for rest in given("COPY"):
        if rest.startswith("--from="):
            continue
        for name in rest.split()[:-1]:
            plain = name.removeprefix("./")
            assert (ROOT / plain).exists()
            assert plain in let_through


def test_parts_are_those_of_the_house() -> None:
    usual = {name for name, service in SERVICES.items() if not service.get("profiles")}
    demo = {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]}
    assert usual == {"db", "certificate", "watch", "relay", "web"}
    assert demo == {"authority", "cameras", "city"}
    video = {name for name, service in SERVICES.items() if service.get("profiles") == ["video"]}
    assert video == {"video"}
    assert usual | demo | video == set(SERVICES)


@pytest.mark.parametrize("service", EVERY)
def test_each_part_says_how_it_is_and_stays_on_this_machine(service: dict[str, Any]) -> None:
    assert ("image" in service) or ("build" in service)
    assert ":" in service["image"]
    assert not service["image"].endswith(":latest")
    assert service["healthcheck"]["test"][0] == "CMD"
    assert all(re.match(r"127\.0\.0\.1:|\$\{\w+:-127\.0\.0\.1\}:", port) for port in service.get("ports", []))
    assert service.get("network_mode") != "host"
    assert not service.get("privileged")


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_who_makes_a_certificate_is_well_once_that_is_there(name: str) -> None:
    services = [one for one in COMPOSITIONS[name]["services"].values() if "certificate" in one.get("command", [])]
    assert services
    for service in services:
        assert service["healthcheck"]["test"] == ["CMD", "test", "-f", f"{service['command'][1]}/{CERTIFICATE}"]


@pytest.mark.parametrize("service", EVERY)
def test_each_part_may_as_little_as_it_can(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert "cap_add" not in service
    assert "/tmp" in service["tmpfs"]
    accounts = FOREIGN.get(service["image"].partition(":")[0], {None})
    assert service.get("user") in accounts, "our image's own is not root"
    assert all(WRITTEN.match(mount) for mount in mounts(service) if not mount.endswith(":ro"))


def test_who_speaks_with_the_cameras_does_not_share_a_network_with_who_speaks_with_the_city() -> None:
    networks = COMPOSE["networks"]
    on = {name: set(SERVICES[name]["networks"]) for name in ("db", "watch", "relay", "web", "video")}
    assert on["db"] == {"inside"}
    assert networks["inside"] == {"internal": True}
    assert (on["watch"], on["relay"]) == ({"inside", "cameras"}, {"inside", "receivers"})
    assert [name for name in on if "receivers" in on[name]] == ["relay"]
    assert {name for name in on if "cameras" in on[name]} == {"watch", "web"}
    assert {network for of_one in on.values() for network in of_one} == set(networks)
    named = [
        network["driver_opts"]["com.docker.network.bridge.name"]
        for network in networks.values()
        if network.get("driver_opts")
    ]
    assert all(len(name) <= 15 for name in named), "Linux takes no longer one"
    for name in ("cameras", "city"):
        assert SERVICES[name]["network_mode"] in ("service:watch", "service:relay")


@pytest.mark.parametrize("name", ["watch", "relay", "web", "video"])
def test_a_part_has_as_long_to_end_as_its_supervisor_would_give_it(name: str) -> None:
    given = re.fullmatch(r"(\d+)s", SERVICES[name]["stop_grace_period"])
    assert given is not None
    assert int(given[1]) > PATIENCE_S


def test_scripts_of_the_composition_compile() -> None:
    services = [service for composition in COMPOSITIONS.values() for service in composition["services"].values()]
    scripts = [service["command"][0] for service in services if service.get("entrypoint") == ["python", "-c"]]
    scripts += [test[3] for test in (one["healthcheck"]["test"] for one in services) if test[1:3] == ["python", "-c"]]
    assert len(scripts) == 7
    for script in scripts:
        compile(script, "docker-compose.yml", "exec")


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_no_secret_stands_in_the_composition(name: str) -> None:
    composition = COMPOSITIONS[name]
    services = composition["services"].values()
    for service in services:
        for key, value in service.get("environment", {}).items():
            assert key.endswith("_FILE") or not re.search("PASSWORD|SECRET|TOKEN", key), (key, value)
        for secret in service.get("secrets", []):
            assert secret in composition["secrets"]
    volumes = {mount.split(":")[0] for service in services for mount in mounts(service)}
    named = {mount for mount in volumes if re.fullmatch(r"[a-z]+", mount)}
    assert named == set(composition["volumes"])


def test_the_configuration_of_the_demo_profile_loads(tmp_path: Path) -> None:
    text = (ROOT / "config" / "docker.yaml").read_text("utf-8")
    for inside in re.findall(r"/(?:run|var)/\S+(?:\.pem|\.key|_password)", text):
        outside = tmp_path / inside.rpartition("/")[2]
        outside.write_text("given", "utf-8")
        text = text.replace(inside, str(outside))
    (tmp_path / "cameras.yaml").write_text(text, "utf-8")
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    config = load(tmp_path / "cameras.yaml", environ={"VMS_SECRET": secret})
    assert config.storage.database == "postgresql+psycopg://vigilanza@db/vigilanza"
    assert f"${{VIGILANZA_PAGE:-127.0.0.1}}:{config.web.port}:{config.web.port}" in SERVICES["web"]["ports"]


def test_the_page_is_encrypted_by_default() -> None:
    web = yaml.safe_load((ROOT / "config" / "docker.yaml").read_text("utf-8"))["web"]
    made = SERVICES["certificate"]["command"][1]
    assert {web["certificate_file"], web["key_file"]} == {f"{made}/{name}" for name in (CERTIFICATE, KEY)}
    assert f"https://127.0.0.1:{web['port']}/" in SERVICES["web"]["healthcheck"]["test"][3]
    for name in ("watch", "relay", "web", "video"):
        assert SERVICES[name]["depends_on"]["certificate"] == {"condition": "service_completed_successfully"}
        assert f"tls:{made}:ro" in SERVICES[name]["volumes"]
