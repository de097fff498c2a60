"""The machine and the programs that figures were measured with: they mean nothing without them."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from vigilanza import __version__

_LIBRARIES = ("av", "numpy", "opencv-python-headless", "onnxruntime")
_PEERS = {"ffmpeg": ("ffmpeg", "-version"), "motion": ("motion", "-h")}


@dataclass(frozen=True, slots=True)
class Machine:
    """`versions`: program → version, "" if it is not installed. `load` is that of the last minute at the start."""

    processor: str
    cores: int
    memory_bytes: int
    system: str
    load: float
    versions: dict[str, str]

    def says(self) -> str:
        """In one line."""
        size = f"{self.memory_bytes / 2**30:.0f} GB"
        return f"{self.processor}, {self.cores} cores, {size}, {self.system}; load {self.load:.1f} at the start"


def describe_machine() -> Machine:
    """This one, now."""
    versions = {"vigilanza": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in _LIBRARIES}
    versions |= {name: _peer_version(command) for name, command in _PEERS.items()}
    return Machine(
        processor=_first(r"model name\s*: (.+)", Path("/proc/cpuinfo")) or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        system=_first(r'PRETTY_NAME="(.+)"', Path("/etc/os-release")) or platform.system(),
        load=os.getloadavg()[0],
        versions=versions,
    )


def _peer_version(command: tuple[str, ...]) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10.0).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"[Vv]ersion (\S+?),? ", said)
    return found[1] if found else "?"


def _first(pattern: str, path: Path) -> str | None:
    try:
        found = re.search(pattern, path.read_text("utf-8", "replace"))
    except OSError:
        return None
    return found[1].strip() if found else None
