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


def test_a_plan_that_is_not_there_is_named_and_stops_nobody_from_watching(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    (tmp_path / "other.png").write_bytes(b"<svg/>")
    plans = "plans:\n  - {id: b, name: Scala B, file: b.png}\n  - {id: c, name: Scala C, file: other.png}\n"
    path.write_text(GOOD + plans, "utf-8")
    run = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert run.returncode == 0, run.stderr
    assert f"warning: plans: b: {tmp_path}/b.png cannot be read: No such file or directory" in run.stdout
    assert f"warning: plans: c: {tmp_path}/other.png cannot be shown: neither PNG nor JPEG" in run.stdout


def test_what_is_drawn_on_a_plan_is_configured(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    spots = "cameras: [{id: nowhere, at: [0.5, 0.5]}], doors: [{id: B.1, at: [0.5, 1.5]}]"
    path.write_text(f"{GOOD}plans:\n  - {{id: b, name: Scala B, file: b.png, {spots}}}\n", "utf-8")
    run = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert run.returncode == 78
    told = [line.split(": ", 1)[1] for line in run.stderr.splitlines()]
    assert 'plans[0].cameras[0].id: there is no camera called "nowhere"' in told
    assert 'plans[0].doors[0].id: there is no door called "B.1"' in told
    assert [line for line in told if line.startswith("plans[0].doors[0].at[1]: ")]


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


def test_boxes_that_share_cameras_are_summed_up_and_sqlite_is_refused_for_them(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    sharing = "sharing: {box: stair-b, capacity: 12, nats: {servers: ['tls://nats.site.example:4222']}}\n"
    path.write_text(GOOD + sharing + "storage: {database: postgresql://db/vigilanza}\n", "utf-8")
    run = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert run.returncode == 0, run.stderr
    said = "cameras are shared with other boxes by tls://nats.site.example:4222: this is stair-b, for up to 12"
    assert said in run.stdout
    path.write_text(GOOD + sharing, "utf-8")
    refused = vigilanza("check", str(path), CAMERA_PASSWORD="hunter22")
    assert refused.returncode == 78
    assert "boxes that share cameras need one PostgreSQL" in refused.stderr
