"""What `ps` calls a process that was forked, not started: otherwise all have the words of the first."""

from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc/self")
_START, _END = 45, 46
"""Fields of `stat` after the name, counted from 0: arg_start and arg_end of proc_pid_stat(5)."""


def entitle(words: str) -> None:
    """Call this process `words`, as far as the words have room with which the first was started.

    Where the system lets no process write there it keeps its name.
    """
    with suppress(OSError):
        fields = (_PROC / "stat").read_text("utf-8").rpartition(")")[2].split()
        start, size = int(fields[_START]), int(fields[_END]) - int(fields[_START])
        with (_PROC / "mem").open("r+b", buffering=0) as memory:
            memory.seek(start)
            memory.write(words.encode()[: size - 1].ljust(size, b"\0"))
