"""What was measured, as the page reads it: of another form, it is not shown, and nothing else stands still for it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vigilanza import __version__
from vigilanza.app.measured import read_measured
from vigilanza.domain.confidence import wilson
from vigilanza.lab.evaluation import ORIGINAL, Evaluation, Run
from vigilanza.web.figures import recall

NOTHING = Evaluation(5.0, (), (Run(ORIGINAL, ()),), ())


def written(folder: Path, **changed: Any) -> Path:
    path = folder / "evaluation.json"
    path.write_text(json.dumps(NOTHING.as_json() | changed), "utf-8")
    return path


def test_what_the_command_writes_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    measured = read_measured(path)
    assert measured is not None
    assert (measured.version, measured.recordings, measured.at) == (__version__, NOTHING.digest, path.stat().st_mtime)
    assert (measured.low, measured.high) == wilson(0, 0)
    told = recall(replace(measured, events=4, found=3))
    assert told is not None
    assert (told["recall"], told["current"]) == (0.75, True)
    assert recall(replace(measured, version="0.0.9")) == told | {
        "recall": None,
        "current": False,
        "version": "0.0.9",
        "events": 0,
        "found": 0,
    }


@pytest.mark.parametrize("changed", [{"format": 99}, {"runs": []}, {"runs": "none"}, {"vigilanza": None}])
def test_another_form_is_not_shown(tmp_path: Path, changed: dict[str, Any]) -> None:
    assert read_measured(written(tmp_path, **changed)) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{"])
def test_what_is_no_evaluation_is_not_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "evaluation.json").write_bytes(content)
    assert read_measured(tmp_path / "evaluation.json") is None


def test_nobody_measured_or_the_file_is_gone(tmp_path: Path) -> None:
    assert read_measured(None) is None
    assert read_measured(tmp_path / "gone.json") is None
    assert recall(None) is None
