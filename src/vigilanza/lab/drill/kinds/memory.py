"""A part gets no more memory."""

import re
import resource
from pathlib import Path

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.kind import Kind

_TIMES = 3
_LEFT_BYTES = 2_000_000


def starve(box: Box) -> None:
    """Each time one of them, beyond what it has and a little more, for some seconds (RLIMIT_AS)."""
    for _ in range(_TIMES):
        box.wait_for_work()
        box.wait(0.2, 1.5)
        part = box.chance.choice(list(box.parts.values()))
        pid = part.pid
        if pid is None:
            continue
        _, most = resource.prlimit(pid, resource.RLIMIT_AS)
        left = box.chance.randint(0, _LEFT_BYTES)
        resource.prlimit(pid, resource.RLIMIT_AS, (_size_bytes(pid) + left, most))
        box.faults[f"{part.name} starved"] += 1
        box.wait(1.0, 4.0)
        if part.pid == pid:
            resource.prlimit(pid, resource.RLIMIT_AS, (most, most))


def _size_bytes(pid: int) -> int:
    found = re.search(r"^VmSize:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"), re.MULTILINE)
    assert found is not None
    return 1024 * int(found[1])


MEMORY = Kind("a part gets no more memory", starve)
