"""Only the weights that were shipped are run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from vigilanza.detect import weights
from vigilanza.domain.errors import DetectorError

MODELS = ROOT / "src" / "vigilanza" / "detect" / "models"


def test_the_digest_in_the_code_is_the_one_beside_the_file() -> None:
    lines = (line.split() for line in (MODELS / "SHA256SUMS").read_text("utf-8").splitlines())
    noted = {name: digest for digest, name in lines}
    assert noted == weights.SHA256


@pytest.mark.parametrize("position", [0, 5_000_000, -1])
def test_a_changed_byte_is_refused(position: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = bytearray((MODELS / weights.MOVENET).read_bytes())
    raw[position] ^= 1
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / weights.MOVENET).write_bytes(bytes(raw))
    monkeypatch.setattr(weights, "files", lambda package: tmp_path)
    with pytest.raises(DetectorError, match=weights.MOVENET):
        weights.read_weights(None)


def test_missing_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "files", lambda package: tmp_path)
    with pytest.raises(DetectorError, match=weights.MOVENET):
        weights.read_weights(None)


SCRIPT = "from vigilanza.detect.movenet_onnx import open_movenet; open_movenet()"


def test_who_runs_them_tells_its_maker_nothing(tmp_path: Path) -> None:
    """Left to itself onnxruntime 1.31 puts a number for the machine, and what it is to report, into a folder there."""
    environ = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", SCRIPT], env=environ, check=True)
    assert list(tmp_path.iterdir()) == []
