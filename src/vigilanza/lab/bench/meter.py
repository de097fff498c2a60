"""Processor time and memory of whole process trees, read from Linux's /proc (proc(5))."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PPID, _SESSION, _UTIME = 1, 3, 11
"""Fields of /proc/PID/stat after the name, counted from 0; utime, stime, cutime and cstime follow each other."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a tree: `pss` splits what processes share among them, `rss` counts it for each."""

    pss: int
    rss: int


class Meter:
    """Watches the trees below `roots`: their descendants, and whatever runs in a session that one of them leads."""

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots = frozenset(roots)

    def cpu_seconds(self) -> float:
        """User and system time so far, also of descendants that have ended and were waited for.

        It falls when a root itself has been waited for: see that all still run before trusting a difference.
        """
        stats = _stats()
        ticks = sum(int(field) for process in self._members(stats) for field in stats[process][_UTIME : _UTIME + 4])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """What the trees hold now; a process that ends meanwhile counts nothing."""
        pss = rss = 0
        for process in self.processes():
            try:
                lines = (_PROC / str(process) / "smaps_rollup").read_text("ascii").splitlines()
            except OSError:
                continue
            sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith(" kB")}
            pss, rss = pss + sizes.get("Pss:", 0), rss + sizes.get("Rss:", 0)
        return Memory(pss, rss)

    def processes(self) -> list[int]:
        """Ids of all that run now."""
        return sorted(self._members(_stats()))

    def _members(self, stats: Mapping[int, Sequence[str]]) -> set[int]:
        members = {one for one, fields in stats.items() if one in self._roots or int(fields[_SESSION]) in self._roots}
        while grown := {one for one, fields in stats.items() if int(fields[_PPID]) in members} - members:
            members |= grown
        return members


def resident_bytes() -> int:
    """What this process itself has in memory."""
    return int((_PROC / "self" / "statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _stats() -> dict[int, list[str]]:
    """Of every process: the fields of its `stat` from the state on. Its name, which comes before, may hold spaces."""
    stats = {}
    for entry in sorted((one for one in _PROC.iterdir() if one.name.isdecimal()), key=lambda one: int(one.name)):
        try:
            stats[int(entry.name)] = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
    return stats
