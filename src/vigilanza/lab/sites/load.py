"""Processor time of every part, as differences between two looks."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vigilanza.lab.bench.meter import Meter
from vigilanza.lab.sites.centre import DATABASE
from vigilanza.lab.sites.row import CONNECTION, SITES

_IDLE = slice(3, 5)
"""idle and iowait in the first line of /proc/stat, counted from user."""
_GUEST = 8


@dataclass(frozen=True, slots=True)
class Look:
    """CPU seconds so far: of each part, of each process of PostgreSQL, and of the machine (busy, all)."""

    at: float
    parts: Mapping[str, float]
    connections: Mapping[int, float]
    machine: tuple[float, float]


def look(roots: Mapping[str, int], at: float) -> Look:
    """Now, which is `at` (monotonic seconds)."""
    own = os.times()
    parts = {name: Meter([root]).cpu_seconds() for name, root in roots.items()} | {SITES: own.user + own.system}
    first = roots[DATABASE]
    connections = {one: Meter([one]).cpu_seconds() for one in Meter([first]).processes() if one != first}
    return Look(at, parts, connections, _machine())


def cores_between(before: Look, after: Look) -> dict[str, float]:
    """Cores in use, by part; that of PostgreSQL's busiest process apart."""
    lasted = after.at - before.at
    used = {name: (seconds - before.parts[name]) / lasted for name, seconds in after.parts.items()}
    single = [
        seconds - before.connections[one] for one, seconds in after.connections.items() if one in before.connections
    ]
    return used | {CONNECTION: max(single, default=0.0) / lasted}


def machine_between(before: Look, after: Look) -> float:
    """The share of all cores that was busy, whatever with."""
    busy, everything = (late - early for late, early in zip(after.machine, before.machine, strict=True))
    return busy / everything if everything else 0.0


def _machine() -> tuple[float, float]:
    fields = [int(one) for one in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1 : 1 + _GUEST]]
    return float(sum(fields) - sum(fields[_IDLE])), float(sum(fields))
