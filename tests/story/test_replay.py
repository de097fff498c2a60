"""`vigilanza replay`: every recording gives the alarms its truth asks for, again and again the same."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import av
import pytest

from tests.commands import VIDEOS, configuration, truth_of
from tests.recordings import cut
from vigilanza.app.replay import choose_camera, event_line, replay_events
from vigilanza.config import load
from vigilanza.detect.movenet_onnx import open_movenet
from vigilanza.domain.events import EventKind
from vigilanza.lab.metrics import sum_up
from vigilanza.lab.scoring import Alarm, score
from vigilanza.lab.take import Take
from vigilanza.lab.truth import one_per_camera, read_recordings

Line: TypeAlias = dict[str, Any]
Played: TypeAlias = Callable[[str, int], list[Line]]
CLIPS = sorted(path.stem for path in VIDEOS.glob("*.mp4") if "authorised_visit" not in path.stem)
SHORT = "dev_pos_comes_out_of_sealed_unit"
BREAK_IN = {"tampering", "seal_changed", "door_opened", "entry", "exit"}
KEYS = ["t", "kind", "severity", "camera", "door", "incident", "evidence", "sentence"]

# Neither network nor database from Python; a network namespace without interfaces also stops what is below it.
FORBID = """
import runpy, sys
def forbid(event, arguments):
    if event.startswith("socket.") or event == "sqlite3.connect":
        raise SystemExit(f"forbidden: {event} {arguments}")
sys.addaudithook(forbid)
runpy.run_module("vigilanza", run_name="__main__")
"""


def replay(clip: str, *, analysis_fps: int) -> list[Line]:
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        path = configuration(Path(folder), clip, analysis_fps=analysis_fps)
        camera = choose_camera(load(path, environ={}, offline=True), None)
        return [event_line(event) for event in replay_events(VIDEOS / f"{clip}.mp4", camera, people=open_movenet())]


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Iterator[Played]:
    """The events of a recording at so many pictures a second; two recordings are played at a time."""
    with ThreadPoolExecutor(2) as pool:
        running: dict[tuple[str, int], Future[list[Line]]] = {}
        for item in request.session.items:
            if not isinstance(item, pytest.Function) or "played" not in item.fixturenames:
                continue
            wanted: dict[str, Any] = dict(item.callspec.params) if "clip" in item.fixturenames else {}
            clips, rates = [wanted["clip"]] if wanted else CLIPS, wanted.get("rates", (5,))
            for clip, rate in product(clips, rates):
                if (clip, rate) not in running:
                    running[clip, rate] = pool.submit(replay, clip, analysis_fps=rate)
        yield lambda clip, rate: running[clip, rate].result()
        for future in running.values():
            future.cancel()


def alarms(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["severity"] in ("alarm", "critical")]


def fits(line: Line, window: dict[str, Any]) -> bool:
    if not window["t_start"] <= line["t"] <= window["t_end"]:
        return False
    if window["kind"] == "camera_tamper" and line["kind"].startswith("camera_"):
        return True
    return line["kind"] in BREAK_IN and window["door"] in (line["door"], None)


def is_ignored(line: Line, spans: list[dict[str, Any]]) -> bool:
    return any(
        span["t_start"] <= line["t"] <= span["t_end"] and (span["kinds"] is None or line["kind"] in span["kinds"])
        for span in spans
    )


@pytest.mark.parametrize("clip", CLIPS)
def test_a_recording_raises_what_its_truth_asks_for_and_nothing_else(clip: str, played: Played) -> None:
    truth, raised = truth_of(clip), alarms(played(clip, 5))
    if not truth["positive"]:
        assert raised == []
    missed = [window for window in truth["alarm"] if not any(fits(line, window) for line in raised)]
    assert not missed
    false = [
        line
        for line in raised
        if not any(fits(line, window) for window in truth["alarm"]) and not is_ignored(line, truth["ignore"])
    ]
    assert not false


@pytest.mark.parametrize("clip", ["dev_pos_emergency_light_pry"])
def test_force_in_the_dark_is_told_long_before_the_door_opens(clip: str, played: Played) -> None:
    first = alarms(played(clip, 5))[0]
    assert first["kind"] == "tampering"
    assert first["t"] < truth_of(clip)["alarm"][0]["t_start"] + 8.0


def test_all_recordings_together_are_scored_as_perfect(played: Played) -> None:
    scores = []
    for recording in one_per_camera(read_recordings(VIDEOS)):
        if recording.truth.clip not in CLIPS:
            continue
        raised = [
            Alarm(line["t"], EventKind(line["kind"]), line["door"]) for line in alarms(played(recording.truth.clip, 5))
        ]
        scores.append(score(Take(recording), raised))
    figures = sum_up(scores).as_json()
    assert (figures["recall"], figures["false_alarms"], figures["events"]) == (1.0, 0, 13)


@pytest.mark.parametrize("rates", [(5, 10)])
@pytest.mark.parametrize("clip", ["dev_pos_camera_turned_then_entry", SHORT])
def test_ten_pictures_a_second_tell_the_same_story_as_five(clip: str, rates: tuple[int, int], played: Played) -> None:
    slow, fast = ([(line["kind"], line["severity"]) for line in alarms(played(clip, rate))] for rate in rates)
    assert slow == fast != []


def run_replay(clip: Path, config: Path, *more: str, walled: bool = False) -> "subprocess.CompletedProcess[str]":
    """The command with no secret in its environment; `walled` also without network and database."""
    command = [sys.executable, "-m", "vigilanza"] if not walled else [*_namespace(), sys.executable, "-c", FORBID]
    return subprocess.run(
        [*command, "replay", str(clip), "--config", str(config), *more],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def _namespace() -> list[str]:
    """Start what follows without any network interface, where the system allows that."""
    command = ["unshare", "--map-root-user", "--net"]
    try:
        return command if subprocess.run([*command, "true"], check=False).returncode == 0 else []
    except FileNotFoundError:
        return []


def test_replay_needs_nothing_but_file_and_config_and_repeats_itself_byte_by_byte(tmp_path: Path) -> None:
    config, clip = configuration(tmp_path, SHORT), cut(SHORT, tmp_path, 20.0)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(run_replay, clip, config, "--json", walled=walled) for walled in (True, False)]
        walled, plain = (future.result() for future in running)
    assert (walled.returncode, walled.stderr) == (0, "")
    assert walled.stdout == plain.stdout
    lines = [json.loads(line) for line in walled.stdout.splitlines()]
    assert lines
    assert [list(line) for line in lines] == [KEYS] * len(lines)
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    assert sorted(tmp_path.iterdir()) == sorted([clip, config])


def test_a_recording_that_breaks_off_shows_what_was_found_and_says_so(tmp_path: Path) -> None:
    config = configuration(tmp_path, SHORT)
    whole, part = (VIDEOS / f"{SHORT}.mp4"), tmp_path / "breaks-off.mp4"
    part.write_bytes(whole.read_bytes()[: _bytes_until(whole, 14.0)])
    ended = run_replay(part, config, "--json")
    assert ended.returncode == 65
    assert [json.loads(line)["kind"] for line in ended.stdout.splitlines()] == ["door_opened"]
    assert "breaks off after" in ended.stderr
    assert "Traceback" not in ended.stderr


def _bytes_until(clip: Path, seconds: float) -> int:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        return max(
            packet.pos or 0
            for packet in container.demux(stream)
            if packet.pts is not None and float(packet.pts * stream.time_base) <= seconds
        )


@pytest.mark.parametrize(
    ("clip", "more", "code", "said"),
    [
        (f"{SHORT}.mp4", ["--camera", "attic"], 78, "no camera 'attic', there is cam"),
        ("README.md", [], 65, "README.md"),
        ("not-there.mp4", [], 65, "not-there.mp4"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_one_line(
    clip: str, more: list[str], code: int, said: str, tmp_path: Path
) -> None:
    ended = run_replay(VIDEOS / clip, configuration(tmp_path, SHORT), *more)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
