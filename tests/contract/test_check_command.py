"""`vigilanza check` as a person at a shell meets it."""

import json
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

GOOD = """\
site: {id: "0423", name: "via [bold]Esempio 4"}
cameras:
  - id: landing
    source: rtsp://127.0.0.1:8554/main
    credentials: {user: vigilanza, password_env: CAMERA_PASSWORD}
"""


def vigilanza(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigilanza", *arguments],
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "120", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_good_file_is_summed_up_with_warnings(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(GOOD, "utf-8")
    run = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert run.returncode == 0, run.stderr
    assert "0423 via [bold]Esempio 4" in run.stdout
    assert "warning: camera landing: no sealed door" in run.stdout
    assert "The configuration is valid." in run.stdout
    assert "hunter22" not in run.stdout + run.stderr


def test_a_wrong_file_ends_with_78_and_only_a_message(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(GOOD.replace("source:", "sauce:"), "utf-8")
    run = vigilanza("check", str(path))
    assert run.returncode == 78
    assert run.stdout == ""
    assert run.stderr.splitlines() == [
        f"{path}:3:5: cameras[0].source: is missing",
        f'{path}:4:5: cameras[0].sauce: unknown key "sauce", did you mean "source"?',
        f"{path}:5:36: cameras[0].credentials.password_env: the environment variable CAMERA_PASSWORD is not set: "
        "export CAMERA_PASSWORD=… before the start",
    ]


def test_a_missing_file_ends_with_78(tmp_path: Path) -> None:
    run = vigilanza("check", str(tmp_path / "none.yaml"))
    assert run.returncode == 78
    assert "cannot be read" in run.stderr


def test_the_schema_is_printed_as_json() -> None:
    run = vigilanza("check", "--schema")
    assert run.returncode == 0, run.stderr
    Draft202012Validator.check_schema(json.loads(run.stdout))


def test_weights_that_will_not_do_end_with_78(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    (tmp_path / "people.onnx").write_bytes(b"no network")
    path.write_text(GOOD + "detection: {model: people.onnx}\n", "utf-8")
    run = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert run.returncode == 78
    assert run.stdout == ""
    assert run.stderr == f"detection.model: {tmp_path}/people.onnx: onnxruntime cannot run it as MoveNet\n"


def test_nothing_asked_is_a_usage_error() -> None:
    assert vigilanza("check").returncode == 2
