"""A box with many cameras for half an hour: a switch that goes, cameras that reboot, a line that loses, four break-ins.

    python benchmarks/soak.py [--cameras 64] [--minutes 30] [--report FILE] [--folder FOLDER]

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
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from soak_report import Played, Sample

from vigilanza.app.status import read_figures
from vigilanza.clock import SystemClock
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.bench.meter import Meter
from vigilanza.lab.day import write_day
from vigilanza.lab.truth import KnownRecording, read_recordings

CLOCK = SystemClock()
PORT = 19000
LAP_S = 120.0
"""Length of a quiet camera's film, which is shown again and again."""
SAMPLE_S = 15.0
LOSS = 0.05
OUTAGE_S, REBOOT_S = 20, 15
QUIET = ("dev_neg_leaning_on_wall_with_phone", "dev_neg_timer_light_on_off", "dev_neg_cleaner_at_sealed_door")
BREAK_INS = (
    *("dev_pos_two_fast_kick", "dev_pos_comes_out_of_sealed_unit"),
    *("dev_pos_lone_pry_then_kick", "dev_pos_ir_night_forced_entry"),
)
EVERY_LOSSY = 4
"""One camera in so many has a line that loses LOSS of its packets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played: seconds from the beginning."""

    cameras: int
    seconds: float

    @property
    def outage_at(self) -> float:
        """The switch goes: all cameras at once."""
        return 0.3 * self.seconds

    @property
    def storm_at(self) -> float:
        """Every camera reboots some time in the minute from here on."""
        return 0.5 * self.seconds

    def break_in_at(self, number: int) -> float:
        """Clear of outage and storm."""
        return (0.15, 0.4, 0.7, 0.85)[number] * self.seconds

    def name(self, index: int) -> str:
        """Of a camera; the first ones see a break-in."""
        return f"break-in-{index}" if index < len(BREAK_INS) else f"quiet-{index}"

    def lossy(self, index: int) -> bool:
        """True for one of the quiet cameras whose line loses packets."""
        return index >= len(BREAK_INS) and index % EVERY_LOSSY == 0


class Stage:
    """The films, the scene and the configuration in one folder."""

    def __init__(self, plan: Plan, clips: Path, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        known = {one.video.stem: one for one in read_recordings(clips)}
        self._views = [known[QUIET[index % len(QUIET)]] for index in range(plan.cameras)]
        self._views[: len(BREAK_INS)] = [known[name] for name in BREAK_INS]

    def film(self) -> None:
        """Quiet cameras of one view share a film."""
        for index, view in enumerate(self._views):
            path = self._film_of(index)
            if index < len(BREAK_INS):
                shown = [self._plan.break_in_at(index)]
                write_day(view.video, path, seconds=self._plan.seconds, quiet_until=2.0, shown_at=shown, seed=index)
            elif not path.exists():
                write_day(view.video, path, seconds=LAP_S, quiet_until=2.0, seed=index)

    def scene(self) -> Path:
        """For `vigilanza simulate`."""
        plan = self._plan
        names = [plan.name(index) for index in range(plan.cameras)]
        cameras = [
            {"id": name, "streams": {"/sub": self._film_of(index).name}, "offset": f"{index if index > 3 else 0}s"}
            for index, name in enumerate(names)
        ]
        storm = f"{plan.storm_at:.0f}s..{plan.storm_at + 60:.0f}s"
        timeline: list[dict[str, Any]] = [
            {"at": f"{plan.outage_at:.0f}s", "fault": "unplug", "for": f"{OUTAGE_S}s"},
            *({"at": storm, "camera": name, "fault": "reboot", "for": f"{REBOOT_S}s"} for name in names),
        ]
        lossy = [name for index, name in enumerate(names) if plan.lossy(index)]
        if lossy:
            timeline.append({"at": "0s", "camera": lossy, "fault": "loss", "value": LOSS})
        document = {"port": PORT, "seed": 7, "cameras": cameras, "timeline": timeline}
        return self._written("scene.yaml", document)

    def configuration(self) -> Path:
        """For `vigilanza watch`."""
        cameras = [
            {
                "id": self._plan.name(index),
                "source": f"rtsp://127.0.0.1:{PORT + index}/sub",
                "doors": [
                    {"id": f"{index}.{door.id}", "role": door.role.value, "leaf": door.leaf, "floor": door.floor}
                    for door in view.truth.cameras_doors()
                ],
            }
            for index, view in enumerate(self._views)
        ]
        storage = {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"}
        return self._written(
            "site.yaml", {"site": {"id": "soak", "name": "soak"}, "cameras": cameras, "storage": storage}
        )

    def expected(self) -> dict[str, KnownRecording]:
        """Cameras that see a break-in, with its truth."""
        return {self._plan.name(index): self._views[index] for index in range(len(BREAK_INS))}

    def _film_of(self, index: int) -> Path:
        name = self._plan.name(index) if index < len(BREAK_INS) else f"quiet-{self._views[index].truth.camera}"
        return self._folder / f"{name}.mp4"

    def _written(self, name: str, document: dict[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(json.dumps(document), encoding="utf-8")  # which is YAML too
        return path


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
        if found != 1:
            faults.append(f"{camera}: {found} incidents instead of 1")
    faults += [f"{camera}: {len(found)} incidents invented" for camera, found in alarms.items()]
    for index in range(plan.cameras):
        mine = [event for event in events if event["camera"] == plan.name(index) and event["door"] is None]
        faults += _judge_outages(plan.name(index), mine, lossy=plan.lossy(index))
    return faults


def _judge_outages(name: str, events: Sequence[dict[str, Any]], *, lossy: bool) -> list[str]:
    """Two outages are two incidents; a bad line is a single one, which stays open as long as the line is bad."""
    kinds = [event["kind"] for event in events]
    told = ", ".join(kinds) or "nothing"
    if lossy:
        # Who came and went, and then stays away for a minute, is told as lost once more.
        right = kinds in [["camera_lost", "camera_unsteady", "camera_lost"][:count] for count in (1, 2, 3)]
        return [] if right else [f"{name}: {told} instead of one loss that stays open"]
    ended = [kind for kind in kinds if kind != "camera_unsteady"]  # the second outage follows soon after the first
    return [] if ended == ["camera_lost", "restored"] * 2 else [f"{name}: {told} instead of lost and restored, twice"]


def main() -> None:
    """Play, print, and write the same to a file if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--clips", type=Path, default=Path("tests/fixtures/videos"))
    parser.add_argument("--folder", type=Path, help="keep films, logs and database here")
    parser.add_argument("--report", type=Path, help="write what came of it there too, as Markdown")
    chosen = parser.parse_args()
    plan, machine = Plan(chosen.cameras, chosen.minutes * 60), describe_machine().says()
    with TemporaryDirectory(prefix="vigilanza-soak-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        stage = Stage(plan, chosen.clips, folder)
        stage.film()
        samples, lost, wrong = play(stage, plan, folder)
        events = told(folder)
        wrong += judge(events, stage, plan)
    played = Played(machine, plan.cameras, samples, lost, len(events), wrong)
    print(played.plain())
    if chosen.report is not None:
        chosen.report.write_text(played.page(), encoding="utf-8")
    sys.exit(bool(played.faults))


if __name__ == "__main__":
    main()
