"""Which weights a processor is given."""

from pathlib import Path

import pytest

from vigilanza.detect import weights
from vigilanza.detect.processor import multiplies_bytes

NEW = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_vnni\n"
LOW_POWER = "processor\t: 0\nflags\t\t: fpu avx2 avx_vnni\n"
OLD = "processor\t: 0\nflags\t\t: fpu avx2 avx512f\n"


@pytest.mark.parametrize(
    ("says", "expected"),
    [(NEW, True), (NEW + LOW_POWER, True), (OLD, False), (NEW + OLD, False), ("", False)],
    ids=["new", "of two kinds", "old", "one core is old", "nothing told"],
)
def test_it_multiplies_bytes_if_every_core_says_so(says: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text(says)
    assert multiplies_bytes(tmp_path / "cpuinfo") == expected


def test_of_one_that_nobody_knows_nothing_is_expected(tmp_path: Path) -> None:
    assert not multiplies_bytes(tmp_path / "none")


@pytest.mark.parametrize(("able", "name"), [(True, weights.MOVENET_INT8), (False, weights.MOVENET)])
def test_only_onnxruntime_computes_with_bytes(able: bool, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "multiplies_bytes", lambda: able)
    assert weights.shipped_for("movenet-onnx") == (name,)
    assert weights.shipped_for("movenet-openvino") == (weights.MOVENET,)
    assert weights.shipped_for("ultralytics") == ()
