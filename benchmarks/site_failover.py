"""How long nobody sees a camera when the box that watches it dies: several boxes share the cameras of a site.

    python benchmarks/site_failover.py [--boxes 3] [--cameras 32] [--rounds 6] [--seed 0] [--freeze]

Real processes: NATS, PostgreSQL, simulated cameras, and a `vigilanza watch` for each box, all on this machine. In every
round one box is killed with SIGKILL at a moment drawn from the seed; for each of its cameras the time until another box
has its first picture is measured, then the box begins anew and gets its share back.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from vigilanza.lab.day import write_day
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.postgres import USER, PostgresServer
from vigilanza.lab.simcam import CameraServer

RECORDING = Path(__file__).parent.parent / "tests" / "fixtures" / "videos" / "dev_pos_two_fast_kick.mp4"
ENOUGH_S = 180.0
TOGETHER = 4
ALIVE = re.compile(r"camera alive\s+camera=(\S+)")
LOST = re.compile(r"lease lost: .*camera=(\S+)")


class Box:
    """One `vigilanza watch`, whose log is read as it is written."""

    def __init__(self, name: str, folder: Path, document: dict[str, object]) -> None:
        self.name, self._folder = name, folder / name
        self._folder.mkdir()
        self._config = self._folder / "site.yaml"
        self._config.write_text(json.dumps(document), "utf-8")
        self.alive_at: list[tuple[float, str]] = []
        self.lost_at: list[tuple[float, str]] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "vigilanza", "watch", "--config", str(self._config)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def holders(self) -> dict[str, str]:
        """By camera, as it last noted."""
        try:
            told = json.loads((self._folder / "state" / "leases.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return {camera: holder for camera, (holder, _, heir, _) in told["table"]["leases"].items() if heir is None}

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with (self._folder / "log").open("a") as log:
            for line in process.stderr:
                if found := ALIVE.search(line):
                    self.alive_at.append((time.monotonic(), found[1]))
                elif found := LOST.search(line):
                    self.lost_at.append((time.monotonic(), found[1]))
                log.write(line)
                log.flush()


def wait_until(what: str, ready: Callable[[], bool]) -> None:
    """RuntimeError if it does not come."""
    until = time.monotonic() + ENOUGH_S
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError(f"waited {ENOUGH_S:.0f} s in vain for {what}")
        time.sleep(0.05)


def configuration(
    box: str, capacity: int, urls: dict[str, str], *, database: str, nats: str, media: Path
) -> dict[str, object]:
    """Of one box; the cameras see no doors."""
    cameras = [{"id": name, "source": url, "analysis_fps": 2} for name, url in urls.items()]
    return {
        "site": {"id": "failover", "name": "failover"},
        "cameras": cameras,
        "storage": {"database": database, "database_user": USER, "media": str(media), "state": "state"},
        "capture": {"cameras_per_process": 64},
        "ring": {"seconds": 60, "max_megabytes": 8},
        "sharing": {"box": box, "capacity": capacity, "nats": {"servers": [nats]}},
    }


def is_fair(boxes: Sequence[Box], cameras: int) -> bool:
    """Each box has its part, and all know it."""
    known = [box.holders() for box in boxes]
    count = Counter(known[0].values())
    parts = {cameras // len(boxes), -(-cameras // len(boxes))}
    return len(known[0]) == cameras and set(count.values()) <= parts and all(one == known[0] for one in known)


def until_seen_again(boxes: Sequence[Box], victim: Box, strike: Callable[[], None]) -> list[float]:
    """Seconds until each of the victim's cameras gave another box its first picture."""
    others = [box for box in boxes if box is not victim]
    orphans = {camera for camera, holder in victim.holders().items() if holder == victim.name}
    before = {box.name: len(box.alive_at) for box in others}
    strike()
    struck_at = time.monotonic()

    def again() -> dict[str, float]:
        seen = [one for box in others for one in box.alive_at[before[box.name] :]]
        return {camera: at for at, camera in reversed(seen) if camera in orphans}

    wait_until("the cameras to be watched again", lambda: again().keys() == orphans)
    return [at - struck_at for at in again().values()]


def freeze_one(boxes: Sequence[Box], victim: Box) -> tuple[list[float], float]:
    """See kill_one; and how long the victim, once it wakes, goes on watching what others hold by now."""
    orphans = {camera for camera, holder in victim.holders().items() if holder == victim.name}
    before = len(victim.lost_at)
    seconds = until_seen_again(boxes, victim, lambda: victim.signal(signal.SIGSTOP))
    victim.signal(signal.SIGCONT)
    woken_at = time.monotonic()
    wait_until("it to notice", lambda: {camera for _, camera in victim.lost_at[before:]} == orphans)
    return seconds, victim.lost_at[-1][0] - woken_at


def measure(stack: ExitStack, folder: Path, chosen: argparse.Namespace) -> list[float]:
    """All rounds."""
    film, random = folder / "quiet.mp4", Random(chosen.seed)
    write_day(RECORDING, film, seconds=30.0, quiet_until=2.0, kilobits=128)
    names = [f"cam-{number:02}" for number in range(1, chosen.cameras + 1)]
    urls: dict[str, str] = {}
    for first in range(0, len(names), TOGETHER):  # key frames of different cameras come at different moments
        some = names[first : first + TOGETHER]
        offset = random.uniform(0.0, 30.0)
        server = stack.enter_context(CameraServer({f"/{name}": film for name in some}, offset=offset))
        urls |= {name: server.url(f"/{name}") for name in some}
    nats, postgres = NatsServer(folder / "nats"), PostgresServer(Path(stack.enter_context(short_folder())))
    stack.callback(postgres.stop)
    postgres.start()
    stack.callback(nats.stop)
    nats.start()
    capacity = -(-chosen.cameras // (chosen.boxes - 1))
    database = f"postgresql://{postgres.place}"
    boxes = [
        Box(name, folder, configuration(name, capacity, urls, database=database, nats=nats.url, media=folder / "media"))
        for name in (f"box-{number}" for number in range(1, chosen.boxes + 1))
    ]
    for box in boxes:
        stack.callback(box.kill)
        box.start()
    found: list[float] = []
    for number in range(chosen.rounds):
        wait_until("fair shares", lambda: is_fair(boxes, chosen.cameras))
        time.sleep(random.uniform(0.0, 5.0))  # at any moment of a beat, of a group of pictures
        victim = boxes[number % len(boxes)]
        if chosen.freeze:
            seconds, noticed = freeze_one(boxes, victim)
            what = f"frozen, and aware {noticed:.2f} s after it woke"
        else:
            seconds, what = until_seen_again(boxes, victim, victim.kill), "killed"
            victim.start()
        found += seconds
        print(f"round {number + 1}: {victim.name} {what}, {len(seconds)} cameras, {told(seconds)}", flush=True)
    return found


def short_folder() -> "tempfile.TemporaryDirectory[str]":
    """A socket's path has 107 bytes at most."""
    return tempfile.TemporaryDirectory(prefix="vgz-")


def told(seconds: Sequence[float]) -> str:
    """In words."""
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return f"median {statistics.median(seconds):.2f} s, p95 {p95:.2f} s, max {max(seconds):.2f} s"


def main() -> None:
    """Print a line per round, then what all of them come to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=3)
    parser.add_argument("--cameras", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--freeze", action="store_true", help="SIGSTOP, and SIGCONT once others watch, instead")
    parser.add_argument("--keep", type=Path, help="folder for the boxes' logs (default: none are kept)")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(short_folder()))
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(stack, folder, chosen)
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{chosen.boxes} boxes, {chosen.cameras} cameras, {len(found)} taken over: {told(found)} ({machine})")


if __name__ == "__main__":
    main()
