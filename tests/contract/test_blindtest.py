"""Recall on blind test recordings, among the statistics: its bounds, its date, what was measured, and every doubt."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from tests.e2e import seed
from tests.e2e.seed import Room, furnish
from tests.fakes import FakeClock
from tests.measured import EVENTS, FOUND, MADE_AT, change, write_evaluation
from vigilanza.app.blindtest import blind_test
from vigilanza.app.weights import weights_of
from vigilanza.config import Detection
from vigilanza.domain.confidence import wilson


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """The file that the configuration names."""
    folder = tmp_path / "report"
    folder.mkdir()
    return folder / "evaluation.json"


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock, named: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(seed, "SHOWN", {"blind_test": blind_test(named, Detection())})
    yield from furnish(tmp_path, clock=clock)


def told(client: Client) -> dict[str, Any]:
    answer = client.get("/api/statistics")
    assert answer.status_code == 200
    return dict(answer.json()["blind_test"])


def test_recall_is_told_with_its_bounds_and_what_it_is_of(client: Client, named: Path) -> None:
    write_evaluation(named.parent)
    test = told(client)
    assert (test["doubts"], test["why"]) == ([], None)
    measured, (low, high) = test["measured"], wilson(FOUND, EVENTS)
    assert (measured["recall"], measured["events"], measured["found"]) == (0.95, EVENTS, FOUND)
    assert (measured["low"], measured["high"]) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))
    assert (measured["in_time"], measured["recordings"], measured["made_at"]) == (0.9, EVENTS, MADE_AT)
    assert (measured["people"], measured["models"]) == ("movenet-onnx", weights_of(Detection()))


def test_it_is_in_the_table_too(client: Client, named: Path) -> None:
    write_evaluation(named.parent)
    answer = client.get("/api/statistics.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="vigilanza-statistics-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["group", "of", "figure", "value"]
    cells = {tuple(row[:3]): row[3] for row in rows[1:]}
    assert cells["blind_test.measured", "", "recall"] == "0.95"
    assert cells["blind_test.measured", "", "made_at"] == MADE_AT
    assert cells["false_alarms", "", "cameras"] != ""
    assert cells["sums.reasons", "test", "rejected"] == "0"
    assert len(cells) == len(rows) - 1, "no two rows tell the same figure"


@pytest.mark.parametrize(
    ("written", "doubts"),
    [
        ({"weights.onnx": "0" * 64}, ["other_model"]),
        ({"people": "ultralytics"}, ["other_model"]),
        ({"vigilanza": "0.0.9"}, ["other_program"]),
    ],
    ids=str,
)
def test_what_was_measured_of_something_else_is_told(
    client: Client, named: Path, written: dict[str, str], doubts: list[str]
) -> None:
    write_evaluation(named.parent, **written)
    assert told(client)["doubts"] == doubts


def test_what_was_changed_by_hand_is_told_and_what_it_says_all_the_same(client: Client, named: Path) -> None:
    change(write_evaluation(named.parent), recall=1.0, found=20)
    test = told(client)
    assert (test["doubts"], test["measured"]["recall"]) == (["changed"], 1.0)


NO_EVALUATION = ["", "[]", "{}", "[" * 100_000, '{"format": 2}', '{"format": 1, "runs": []}', "NaN"]


@pytest.mark.parametrize("content", NO_EVALUATION)
def test_what_is_no_evaluation_is_told_with_its_reason(client: Client, named: Path, content: str) -> None:
    named.write_text(content, "utf-8")
    test = told(client)
    assert (test["doubts"], test["measured"]) == (["unreadable"], None)
    assert test["why"].startswith("evaluation.json: ")
    assert client.get("/api/statistics.csv").status_code == 200


def test_a_file_that_is_not_there_yet_is_told_and_one_that_comes_is_read(client: Client, named: Path) -> None:
    assert told(client)["why"] == "evaluation.json: No such file or directory"
    write_evaluation(named.parent)
    assert told(client)["doubts"] == []


def test_where_none_is_named_nothing_is_read() -> None:
    assert blind_test(None, Detection())() is None
