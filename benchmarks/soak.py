"""A box with many cameras for half an hour: a switch that goes, cameras that reboot, a line that loses, four break-ins.

    python benchmarks/soak.py [--cameras 64] [--minutes 30] [--rounds 3] [--report FILE] [--folder FOLDER]

`vigilanza simulate` plays the cameras, `vigilanza watch` watches them, both as processes of their own. Exit code 1 if
a camera did not come back, an incident was lost or invented, or memory grows.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from soak_report import Played, Sample
from soak_stage import Plan, Stage

from vigilanza.app.status import read_figures
from vigilanza.clock import SystemClock
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.bench.meter import Meter

CLOCK = SystemClock()
SAMPLE_S = 15.0


def play(stage: Stage, plan: Plan, folder: Path) -> tuple[list[Sample], list[str], list[str]]:
    """Run both: what watch used over time, the cameras that are lost at the end, and what else went wrong."""
    stop, samples = threading.Event(), list[Sample]()
    simulate = _start(folder, "simulate", "--scene", str(stage.scene()))
    while b"rtsp://" not in (folder / "simulate.log").read_bytes():
        CLOCK.wait(0.2, stop)
    watch = _start(folder, "watch", "--config", str(stage.configuration()))
    began, meter = CLOCK.monotonic(), Meter([watch.pid])
    running = {"watch": watch, "simulate": simulate}
    try:
        while (now := CLOCK.monotonic() - began) < plan.seconds and not _ended(running):
            CLOCK.wait(SAMPLE_S, stop)
            used = meter.cpu_seconds() / max(now, 1)
            samples.append(Sample(now / 60, meter.memory().pss / 1e6, used))
            print(samples[-1].says(), flush=True)
        wrong = [f"{name} ended by itself: with --folder its log is kept" for name in _ended(running)]
        figures = read_figures(folder / "state", clock=CLOCK)
        lost = [name for name in map(plan.name, range(plan.cameras)) if not figures.get(name, {}).get("alive")]
        steady = [plan.name(index) for index in range(plan.cameras) if not plan.lossy(index)]
        wrong += [f"{name}: no pictures at the end" for name in steady if name in lost]
    finally:
        for process in running.values():
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    return samples, lost, wrong


def _ended(running: "Mapping[str, subprocess.Popen[bytes]]") -> list[str]:
    return [name for name, process in running.items() if process.poll() is not None]


def _start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    with (folder / f"{arguments[0]}.log").open("wb") as log:
        command = [sys.executable, "-m", "vigilanza", *arguments]
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=os.environ)


def told(folder: Path) -> list[dict[str, Any]]:
    """All events of the journal, in order."""
    with closing(sqlite3.connect(folder / "vigilanza.db")) as database:
        return [json.loads(body) for (body,) in database.execute("SELECT body FROM events ORDER BY rowid")]


def judge(events: Sequence[dict[str, Any]], stage: Stage, plan: Plan) -> list[str]:
    """What went wrong."""
    faults = []
    at_doors = [event for event in events if event["door"] is not None]
    alarms: dict[str, set[str]] = {}
    for event in at_doors:
        if event["severity"] in ("alarm", "critical"):
            alarms.setdefault(event["camera"], set()).add(event["incident"])
    for camera in stage.expected():
        found = len(alarms.pop(camera, ()))
        if found != plan.rounds:
            faults.append(f"{camera}: {found} incidents instead of {plan.rounds}")
    faults += [f"{camera}: {len(found)} incidents invented" for camera, found in alarms.items()]
    for index in range(plan.cameras):
        mine = [event for event in events if event["camera"] == plan.name(index) and event["door"] is None]
        faults += _judge_outages(plan.name(index), mine, outages=2 * plan.rounds, lossy=plan.lossy(index))
    return faults


def _judge_outages(name: str, events: Sequence[dict[str, Any]], *, outages: int, lossy: bool) -> list[str]:
    """Each outage is an incident; a bad line is a single one, which stays open as long as the line is bad."""
    kinds = [event["kind"] for event in events]
    told = ", ".join(kinds) or "nothing"
    if lossy:
        # Who came and went, and then stays away for a minute, is told as lost once more.
        alternating = ["camera_lost", *["camera_unsteady", "camera_lost"] * outages]
        right = kinds and kinds == alternating[: len(kinds)] and len({event["incident"] for event in events}) == 1
        return [] if right else [f"{name}: {told} instead of one loss that stays open"]
    ended = [kind for kind in kinds if kind != "camera_unsteady"]  # the second outage follows soon after the first
    if ended == ["camera_lost", "restored"] * outages:
        return []
    return [f"{name}: {told} instead of lost and restored, {outages} times"]


def main() -> None:
    """Play, print, and write the same to a file if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3, help="in each of which everything happens once")
    parser.add_argument("--clips", type=Path, default=Path("tests/fixtures/videos"))
    parser.add_argument("--folder", type=Path, help="keep films, logs and database here")
    parser.add_argument("--report", type=Path, help="write what came of it there too, as Markdown")
    chosen = parser.parse_args()
    plan, machine = Plan(chosen.cameras, chosen.minutes * 60, chosen.rounds), describe_machine().says()
    with TemporaryDirectory(prefix="vigilanza-soak-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        stage = Stage(plan, chosen.clips, folder)
        stage.film()
        samples, lost, wrong = play(stage, plan, folder)
        events = told(folder)
        wrong += judge(events, stage, plan)
    played = Played(machine, plan.cameras, plan.rounds, samples, lost, len(events), wrong)
    print(played.plain())
    if chosen.report is not None:
        chosen.report.write_text(played.page(), encoding="utf-8")
    sys.exit(bool(played.faults))


if __name__ == "__main__":
    main()
