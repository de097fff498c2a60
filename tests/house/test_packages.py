"""What is installed: pinned by hash, from no named place, nothing that hears or recognises people."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock"]
MODELS = [ROOT / "src" / "vigilanza" / "detect" / "models", ROOT / "tests" / "fixtures" / "models"]
REFUSED = {
    *("face-recognition", "face-recognition-models", "insightface", "deepface", "dlib", "facenet-pytorch", "mtcnn"),
    *("retina-face", "mediapipe", "ultralytics", "torchreid"),
    *("pyaudio", "sounddevice", "soundfile", "librosa", "torchaudio", "pydub", "speechrecognition", "openai-whisper"),
}


def entries(lock: str) -> dict[str, list[str]]:
    """Package name to its hashes."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==\S+", line):
            name = match[1]
            found[name] = []
        elif match := re.match(r"\s+--hash=sha256:([0-9a-f]{64})", line):
            found[name].append(match[1])
        else:
            assert line.startswith("#"), line
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash_and_allowed(lock: str) -> None:
    found = entries(lock)
    assert found
    assert not [name for name, hashes in found.items() if not hashes]
    assert not REFUSED & set(found)


def test_the_two_locks_agree() -> None:
    running, testing = entries(LOCKS[0]), entries(LOCKS[1])
    assert running.items() <= testing.items()


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.split(r"[\[<>=!~; ]", line)[0] for line in project["dependencies"]}
    assert needed <= set(entries(LOCKS[0]))
    tools = {re.split(r"[\[<>=!~; ]", line)[0] for line in project["optional-dependencies"]["dev"]}
    assert tools <= set(entries(LOCKS[1]))
    assert not tools & set(entries(LOCKS[0]))


@pytest.mark.parametrize("models", MODELS, ids=["shipped", "tests"])
def test_model_files_are_those_that_were_noted(models: Path) -> None:
    lines = (line.split("  ") for line in (models / "SHA256SUMS").read_text("utf-8").splitlines())
    noted = {name: digest for digest, name in lines}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in models.glob("*.onnx")}
    assert found == noted
    notice = (models / "NOTICE.md").read_text("utf-8")
    assert not [name for name in found if name not in notice]
