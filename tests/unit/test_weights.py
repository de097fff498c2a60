"""Only the weights that were shipped are run."""

from pathlib import Path

import pytest

from tests.house.tree import ROOT
from vigilanza.detect import weights
from vigilanza.domain.errors import DetectorError

MODELS = ROOT / "src" / "vigilanza" / "detect" / "models"


def test_the_digest_in_the_code_is_the_one_beside_the_file() -> None:
    lines = (line.split() for line in (MODELS / "SHA256SUMS").read_text("utf-8").splitlines())
    noted = {name: digest for digest, name in lines}
    assert noted[weights.MOVENET] == weights.MOVENET_SHA256


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
