"""`vigilanza bench` measures the whole program beside others, from outside."""

import json
import subprocess
import sys
from pathlib import Path

from tests.commands import VIDEOS


def bench(*arguments: str, path: str | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vigilanza", "bench", *arguments, "--clips", str(VIDEOS)]
    environ = None if path is None else {"PATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=110)


def test_a_quiet_camera_beside_ffmpeg(tmp_path: Path) -> None:
    done = bench("quiet", "--quick", "--json", str(tmp_path / "found.json"))
    assert done.returncode == 0, done.stderr
    assert "ffmpeg, decoding sub" in done.stdout
    (row,) = json.loads((tmp_path / "found.json").read_text("utf-8"))["rows"]
    assert row["why"] is None
    assert all(figure["value"] > 0 for figure in row["figures"])


def test_what_is_not_installed_is_said(tmp_path: Path) -> None:
    done = bench("day", "--quick", path=str(tmp_path))
    assert done.returncode == 1
    assert "day: not measured: motion is not installed" in done.stdout


def test_an_unknown_row_is_refused() -> None:
    done = bench("nothing")
    assert done.returncode == 2
    assert "no row nothing" in done.stderr
