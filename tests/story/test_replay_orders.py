"""`vigilanza replay --order`: two people with a key visit a sealed flat, with and without a work order."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import VIDEOS, configuration, truth_of
from tests.recordings import cut
from tests.story.test_replay import fits, run_replay

CLIP = "dev_neg_authorised_visit_with_work_order"
VIDEO = VIDEOS / f"{CLIP}.mp4"
TRUTH = truth_of(CLIP)["authorised_visit"]
ORDER: dict[str, Any] = TRUTH["order"]
LOUD = ("alarm", "critical")


def lines(folder: Path, *more: str, clip: Path = VIDEO) -> list[dict[str, Any]]:
    """Three pictures a second are enough to tell whose order it was."""
    ended = run_replay(clip, configuration(folder, CLIP, analysis_fps=3), "--json", *more)
    assert (ended.returncode, ended.stderr) == (0, "")
    return [json.loads(line) for line in ended.stdout.splitlines()]


def order_file(folder: Path, content: object) -> str:
    path = folder / "order.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def test_with_its_order_the_visit_is_info_and_without_it_an_alarm_at_the_door(tmp_path: Path) -> None:
    without = lines(tmp_path)
    covered = lines(tmp_path, "--order", order_file(tmp_path, ORDER))
    [window] = TRUTH["alarm_without_order"]
    assert any(line["severity"] in LOUD and fits(line, window) for line in without)
    assert not [line for line in without if "order" in line]
    assert covered == [line | {"severity": "info", "order": ORDER["id"]} for line in without]


def test_an_order_that_ends_too_early_raises_the_open_door(tmp_path: Path) -> None:
    """By the clock, in the site's time, as orders are written down."""
    order = {"id": "WO-1", "door": ORDER["door"], "from": ORDER["clock_from"], "to": "2026-02-13T10:02:48"}
    began = ["--began", ORDER["clock_from"]]
    ended = 20.0
    clip = cut(CLIP, tmp_path, ended + 5.0)
    told = lines(tmp_path, "--order", order_file(tmp_path, [order]), *began, clip=clip)
    under = [line for line in told if line.get("order") == "WO-1"]
    assert {line["severity"] for line in under} == {"info"}
    assert under[-1]["kind"] == "closed"
    raised = [line for line in told if line["severity"] in LOUD]
    assert raised[0]["kind"] == "door_opened"
    assert ended < raised[0]["t"] <= ended + 3.0
    assert raised[0]["incident"] != under[-1]["incident"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ORDER | {"door": "N0"}, "door: N0 is not a sealed door (neighbour)"),
        (ORDER | {"door": "attic"}, "door: there is no door 'attic'; sealed are S"),
        (ORDER | {"t_to": 0.0}, "t_to: the end must be later"),
        (ORDER | {"t_from": "noon"}, "t_from: is a number of seconds"),
        ({"id": "WO-1", "door": "S", "from": "2026-02-13T10:02:28", "to": "2026-02-13T10:03"}, "from: a time by the"),
        ({"door": "S", "t_from": 0, "t_to": 1}, "id: is missing"),
        ("WO-1", "order: is a JSON object"),
    ],
)
def test_an_order_that_cannot_be_used_is_said_in_one_line(content: object, said: str, tmp_path: Path) -> None:
    ended = run_replay(VIDEO, configuration(tmp_path, CLIP), "--order", order_file(tmp_path, content))
    assert (ended.returncode, ended.stdout) == (78, "")
    assert said in ended.stderr
    assert ended.stderr.startswith("--order: ")
    assert len(ended.stderr.splitlines()) == 1
