"""`vigilanza evaluate`: figures, page and exit codes from recordings whose truth is known."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.commands import VIDEOS, children_of, command_line, wait_until
from tests.measured import change
from tests.recordings import cut_with_truth
from vigilanza.app.blindtest import read_blind_test
from vigilanza.config import Detection
from vigilanza.lab.metrics import FIGURES
from vigilanza.web.blindtest import Doubt

FOUND = "dev_pos_comes_out_of_sealed_unit"
QUIET = "dev_neg_bag_left_at_sealed_door"
WORKING_S = 5.0
WANTED = {"kind": "break_in", "door": "S", "t_start": 2.0, "t_end": 7.0}


def evaluate(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """The command, without secrets in its environment."""
    return subprocess.run(
        [sys.executable, "-m", "vigilanza", "evaluate", *map(str, arguments)],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def put(folder: Path, clip: str, seconds: float, **changes: Any) -> None:
    """The first seconds of a recording, with its truth as it is or changed."""
    folder.mkdir(exist_ok=True)
    cut_with_truth(clip, folder, seconds, **changes)


class Page(HTMLParser):
    """What a page shows and where it points."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href"):
                self.links.append(value or "")
            if name == "class":
                self.classes.append(value or "")


def test_an_evaluation_tells_figures_in_a_page_in_json_and_by_its_exit_code(tmp_path: Path) -> None:
    clips, report = tmp_path / "clips", tmp_path / "out" / "report"
    put(clips, FOUND, 12.0)
    put(clips, QUIET, 8.0, alarm=[WANTED], masks=[[[0, 0], [0.3, 0], [0.3, 0.3]]])
    required = ("--require", "false_alarms<=0", "--require", "recall>=0.9")
    ended = evaluate(clips, "--report", report, "--perturbation", "fps5", "--json", "--processes", "2", *required)
    assert ended.returncode == 1, ended.stderr
    told = json.loads(ended.stdout)
    assert told == json.loads((report / "evaluation.json").read_text(encoding="utf-8"))
    assert [(one["requirement"], one["met"]) for one in told["requirements"]] == [
        ("false_alarms<=0", True),
        ("recall>=0.9", False),
    ]
    assert [run["run"] for run in told["runs"]] == ["original", "fps5"]
    for run in told["runs"]:
        assert list(run["figures"]) == list(FIGURES)
        assert (run["figures"]["found"], run["figures"]["events"], run["figures"]["false_alarms"]) == (1, 2, 0)
        missed, found = (take["events"][0] for take in run["takes"])
        assert (missed["alarm"], found["alarm"]["kind"], found["alarm"]["door"]) == (None, "door_opened", "S")
        assert 0 < found["delay_s"] < 10
    assert read_blind_test(report / "evaluation.json", Detection()).doubts == ()
    change(report / "evaluation.json", recall=1.0)
    assert read_blind_test(report / "evaluation.json", Detection()).doubts == (Doubt.CHANGED,)
    html = (report / "index.html").read_text(encoding="utf-8")
    page = Page(html)
    assert [name for name in page.classes if name.startswith("card ")] == ["card missed", "card found"]
    assert len(page.links) == 3, "two stills of what was missed, one of what was found"
    assert all(link.startswith("data:image/jpeg;base64,/9j/") for link in page.links)
    assert not re.search(r"https?://|@import|<script", html)


def test_tables_name_each_recording_and_the_exit_code_is_0_if_nothing_is_required(tmp_path: Path) -> None:
    put(tmp_path / "clips", FOUND, 12.0)
    ended = evaluate(tmp_path / "clips")
    assert ended.returncode == 0, ended.stderr
    assert re.search(rf"^{FOUND} +\d\.\d +$", ended.stdout, re.MULTILINE)
    assert "recall 1/1 (0.21..1.00 at 95 %), 0 of them late" in ended.stdout
    assert not list((tmp_path / "clips").glob("*.html"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--require", "rekall>=0.9"), "no metric 'rekall'"),
        (("--require", "recall"), "is not METRIC OPERATOR NUMBER"),
        (("--perturbation", "upside_down"), "no perturbation 'upside_down'"),
        (("--fps", "60"), "--fps"),
        (("--people", "yolo"), "no 'yolo' finds people, there is movenet-onnx"),
        (("--people", "ultralytics"), "ultralytics brings no weights: write ultralytics=FILE"),
    ],
)
def test_wrong_use_ends_with_2_before_anything_is_played(arguments: tuple[str, str], said: str) -> None:
    ended = evaluate(VIDEOS, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in " ".join(re.sub(r"[│╭╮╰╯─]", "", ended.stderr).split())


def test_a_wrong_truth_file_ends_with_65_and_one_line(tmp_path: Path) -> None:
    put(tmp_path, QUIET, 1.0, doors=[])
    ended = evaluate(tmp_path)
    assert (ended.returncode, ended.stdout) == (65, "")
    assert ended.stderr.startswith(f"{tmp_path / QUIET}.json: doors: ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_recording_that_cannot_be_played_ends_with_65_and_its_name(tmp_path: Path) -> None:
    put(tmp_path, QUIET, 1.0, file="text.mp4")
    (tmp_path / "text.mp4").write_text("no video", encoding="utf-8")
    ended = evaluate(tmp_path, "--processes", "1")
    assert (ended.returncode, ended.stdout) == (65, "")
    assert "text.mp4" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_report_that_cannot_be_written_ends_with_78(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = evaluate(VIDEOS, "--report", tmp_path / "file" / "report")
    assert (ended.returncode, ended.stdout) == (78, "")
    assert "--report" in ended.stderr


@pytest.mark.parametrize("background", [False, True], ids=["in the foreground", "in the background of a shell"])
def test_killed_in_the_middle_of_a_recording_it_leaves_nobody_working(tmp_path: Path, background: bool) -> None:
    """What a shell starts with "&" has SIGINT ignored, and so have its children."""
    clips = tmp_path / "clips"
    long = ("board_removed_entry_later", "lockpick_ajar_slip_in", "lone_pry_then_kick", "timer_light_off_mid_attack")
    for clip in (FOUND, QUIET, "dev_pos_two_fast_kick", *(f"dev_pos_{name}" for name in long)):
        put(clips, clip, 60.0)
    command = [sys.executable, "-m", "vigilanza", "evaluate", str(clips), "--processes", "1"]
    if background:
        command = ["env", "--ignore-signal=INT", *command]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        (worker,) = wait_until("a worker in the middle of it", lambda: busy_children(process.pid))
        process.kill()
    wait_until("the worker's end", lambda: not command_line(worker), timeout=4.0)


def busy_children(pid: int) -> list[int]:
    """Descendants that have used their processor for longer than it takes to start."""
    hertz = os.sysconf("SC_CLK_TCK")
    used = {child: (Path("/proc") / str(child) / "stat").read_text().rpartition(")")[2] for child in children_of(pid)}
    return [child for child, stat in used.items() if int(stat.split()[11]) > WORKING_S * hertz]
