"""`vigilanza evidence`, as a technician and a court's expert type it."""

import json
import zipfile
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from tests.commands import ENVIRON, Command, configuration
from tests.e2e.seed import Scene, forced_entry
from tests.sealed import key_pem
from tests.stamping import authority
from vigilanza.app.memory import Memory, open_memory
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.detect.weights import shipped_for
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.holds import Holds

INCIDENT_AGE_S = 60.0
AHEAD = """# TYPE vigilanza_capture_camera_clock_ahead_seconds gauge
vigilanza_capture_camera_clock_ahead_seconds{camera="cam"} 1.25
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration with a key; its public half lies beside it."""
    path = configuration(tmp_path, "dev_pos_two_fast_kick")
    (tmp_path / "evidence.key").write_bytes(key_pem())
    document = yaml.safe_load(path.read_text("utf-8")) | {"evidence": {"key_file": "evidence.key"}}
    path.write_text(yaml.safe_dump(document), "utf-8")
    public = SigningKey.read((tmp_path / "evidence.key").read_bytes()).public
    (tmp_path / "office.pem").write_bytes(public.pem)
    return path


def remember(path: Path) -> tuple[Memory, UUID]:
    """An incident with a still in the database of the configuration."""
    memory = open_memory(load(path, environ=dict(ENVIRON)), clock=SystemClock())
    scene = Scene("cam", "0423.B.03.12", SystemClock().now() - INCIDENT_AGE_S)
    memory.journal.record(forced_entry(scene))
    at, incident = scene.began, scene.incident
    memory.media.add(incident=incident, kind="still", start=at, end=at, content=b"a still", suffix=".jpg")
    return memory, incident


def ran(*arguments: str | Path, folder: Path, code: int, **environ: str) -> Command:
    with Command(*arguments, folder=folder, environ={**ENVIRON, **environ}) as command:
        assert command.process.wait(60) == code, command.log
        return command


def test_sealed_by_two_persons_and_checked_by_anybody(path: Path, tmp_path: Path) -> None:
    memory, incident = remember(path)
    seal = ["evidence", "seal", str(incident), "--config", str(path), "--out", str(tmp_path / "out")]
    seal += ["--for", "Procura", "--reason", "prot. 12/26", "--by", "m.rossi", "--granted-by"]
    (tmp_path / "state").mkdir(exist_ok=True)
    (tmp_path / "state" / "watch.prom").write_text(AHEAD)
    refused = ran(*seal, "m.rossi", folder=tmp_path, code=2)
    assert "--granted-by: a second person must grant the export" in refused.log
    done = ran(*seal, "a.bianchi", folder=tmp_path, code=0)
    assert "no hold keeps this incident's pictures" in done.log
    package = Path(done.printed.strip())
    with zipfile.ZipFile(package) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["system"]["configuration_sha256"] == sha256(path.read_bytes()).hexdigest()
    assert [one["name"] for one in manifest["system"]["models"]] == list(shipped_for("movenet-onnx"))
    assert set(manifest["system"]["clock"]) == {"synchronised", "maximum_error_seconds"}
    assert (manifest["camera"]["id"], manifest["camera"]["clock_ahead_seconds"]) == ("cam", 1.25)
    verify = ["evidence", "verify", str(package), "--key", str(tmp_path / "office.pem")]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said = ran(*verify, folder=elsewhere, code=0, LANG="it_IT.UTF-8")
    assert said.printed.endswith("ESITO: integro.\n")
    assert "La firma del manifesto è valida." in said.printed
    raw = bytearray(package.read_bytes())
    raw[raw.index(b"a still")] ^= 1
    package.write_bytes(raw)
    spoilt = ran(*verify, "--language", "en", folder=elsewhere, code=1)
    assert "The header of a file in it was altered: media/still-" in spoilt.printed
    assert "RESULT: NOT intact." in spoilt.printed
    holds = Holds(engine=memory.engine, clock=SystemClock())
    holds.place(incident, authority="Procura", protocol="12/26", until=SystemClock().now() + 3600.0, by="m.rossi")
    assert "hold" not in ran(*seal, "a.bianchi", folder=tmp_path, code=0).log


@pytest.mark.parametrize("key", ["no key at all", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_is_none_is_said_in_one_line(tmp_path: Path, key: str) -> None:
    (tmp_path / "key.pem").write_text(key)
    command = ran("evidence", "verify", tmp_path / "x.zip", "--key", tmp_path / "key.pem", folder=tmp_path, code=2)
    assert "not a public key" in command.log


def test_without_a_key_in_the_configuration_nothing_is_sealed(tmp_path: Path) -> None:
    path = configuration(tmp_path, "dev_pos_two_fast_kick")
    seal = ["evidence", "seal", str(UUID(int=1)), "--config", str(path), "--out", str(tmp_path)]
    seal += ["--for", "Procura", "--reason", "12/26", "--by", "m.rossi", "--granted-by", "a.bianchi"]
    assert "evidence: name a key_file" in ran(*seal, folder=tmp_path, code=78).log


@pytest.mark.parametrize("key", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_file_that_holds_none_is_a_wrong_configuration(path: Path, tmp_path: Path, key: str) -> None:
    (tmp_path / "evidence.key").write_text(key)
    command = ran("check", path, folder=tmp_path, code=78)
    assert "evidence.key_file" in command.log + command.printed


def test_the_configured_authority_stamps_it(path: Path, tmp_path: Path) -> None:
    _, incident = remember(path)
    with authority(tmp_path / "tsa") as tsa:
        document = yaml.safe_load(path.read_text("utf-8"))
        document["evidence"]["time_stamps"] = {"url": tsa.url, "ca_file": str(tsa.ca_file)}
        path.write_text(yaml.safe_dump(document), "utf-8")
        seal = ["evidence", "seal", str(incident), "--config", str(path), "--out", str(tmp_path / "out")]
        seal += ["--for", "Procura", "--reason", "12/26", "--by", "m.rossi", "--granted-by", "a.bianchi"]
        package = ran(*seal, folder=tmp_path, code=0).printed.strip()
        tsa.answers.append((503, b""))
        assert "without a time stamp: the time stamping authority said 503" in ran(*seal, folder=tmp_path, code=0).log
    verify = ["evidence", "verify", package, "--tsa", str(tsa.ca_file), "--language", "en"]
    assert "The time stamp holds: 20" in ran(*verify, folder=tmp_path, code=0).printed
    tsa.ca_file.write_text("no certificate")
    assert "evidence.time_stamps.ca_file" in ran("check", path, folder=tmp_path, code=78).log
    assert "--tsa" in ran(*verify, folder=tmp_path, code=2).log
