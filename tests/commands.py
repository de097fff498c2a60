"""The commands as processes of their own, as a technician starts them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import yaml

from tests.webhook import SECRET
from vigilanza.clock import SystemClock
from vigilanza.lab.city import StubCity

VIDEOS = Path(__file__).parent / "fixtures" / "videos"
USER, CAMERA_PASSWORD = "vigilanza", "not-in-any-file"
ENVIRON = os.environ | {"CAMERA_PASSWORD": CAMERA_PASSWORD, "CITY_SECRET": SECRET}
T = TypeVar("T")


def truth_of(clip: str) -> dict[str, Any]:
    """What is true about a recording."""
    return dict(json.loads((VIDEOS / f"{clip}.json").read_text(encoding="utf-8")))


def configuration(
    folder: Path,
    clip: str,
    *,
    camera_url: str = "rtsp://127.0.0.1:9/cam",
    analysis_fps: int = 5,
    cities: Mapping[str, StubCity] | None = None,
) -> Path:
    """A file for one camera that sees the doors of `clip`; a city whose name has "room" in it is a control room."""
    doors = [
        {"id": door["id"], "role": door["role"], "leaf": door["leaf_norm"], "floor": door["zone_norm"]}
        for door in truth_of(clip)["doors"]
    ]
    camera = {"id": "cam", "source": camera_url, "analysis_fps": analysis_fps, "doors": doors}
    camera["credentials"] = {"user": USER, "password_env": "CAMERA_PASSWORD"}
    destinations = [
        {
            "id": name,
            "kind": "control_room" if "room" in name else "municipal_vms",
            "channel": "webhook",
            "url": city.url,
            "secret_env": "CITY_SECRET",
            "ca_file": str(city.ca_file),
            "allow_loopback": True,
        }
        for name, city in (cities or {}).items()
    ]
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "timezone": "Europe/Rome"},
        "cameras": [camera],
        "destinations": destinations,
        "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
        "web": {"host": "127.0.0.1", "port": 0},
        "clips": {"before": 15, "after": 5},
    }
    path = folder / "vigilanza.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


class Command:
    """`vigilanza ARGUMENTS` from `with` to the end of it; its output is kept."""

    def __init__(self, *arguments: str | Path, environ: Mapping[str, str] = ENVIRON, folder: Path) -> None:
        """`folder` gets the output."""
        self._arguments, self._environ = [str(argument) for argument in arguments], environ
        self._out, self._err = (folder / f"{id(self)}.{name}" for name in ("out", "err"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Command":
        command = [sys.executable, "-m", "vigilanza", *self._arguments]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(command, env=self._environ, stdout=out, stderr=err)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(self.printed, self.log, sep="\n")
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The running (or ended) process."""
        assert self._process is not None
        return self._process

    @property
    def log(self) -> str:
        """What it said on standard error."""
        return self._err.read_text(encoding="utf-8")

    @property
    def printed(self) -> str:
        """What it said on standard output."""
        return self._out.read_text(encoding="utf-8")

    def said(self, pattern: str, *, since: int = 0, timeout: float = 60.0) -> re.Match[str]:
        """The first match of `pattern` in the log behind its first `since` characters, once it is there."""
        return wait_until(f"the log to say {pattern}", lambda: re.search(pattern, self.log[since:]), timeout=timeout)

    def printed_when(self, pattern: str, *, timeout: float = 60.0) -> re.Match[str]:
        """The first match of `pattern` in what it printed, once it is there."""
        return wait_until(f"it to print {pattern}", lambda: re.search(pattern, self.printed), timeout=timeout)

    def kill(self) -> None:
        """As when the power goes for this process alone."""
        self.process.kill()
        self.process.wait()

    def end(self, *, number: signal.Signals = signal.SIGTERM, timeout: float = 60.0) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout)


def wait_until(what: str, ready: Callable[[], T | None], *, timeout: float = 60.0) -> T:
    """The first value of `ready` that counts as true; AssertionError if there is none in time."""
    clock, never = SystemClock(), threading.Event()
    deadline = clock.monotonic() + timeout
    while clock.monotonic() < deadline:
        value = ready()
        if value:
            return value
        clock.wait(0.05, never)
    raise AssertionError(f"waited {timeout:.0f} s in vain for {what}")


def children_of(pid: int) -> dict[int, str]:
    """All living descendants of a process: pid → command line."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found and child not in found}:
        found |= more
    return {child: command_line(child) for child in found - {pid}}


def command_line(pid: int) -> str:
    """What a process was started as; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
