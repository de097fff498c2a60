"""`vigilanza run`: watch, relay, web and, if wanted, video in one process tree; a part that dies is started again."""

import subprocess
import threading
from functools import partial
from pathlib import Path

from vigilanza.app.part import start_part
from vigilanza.app.supervisor import Start, Supervisor
from vigilanza.clock import Clock

PARTS = (("watch",), ("relay",), ("web",))
"""Ended in this order: eyes first, so that the relay can still carry what they saw."""
NEEDED = "watch"
"""Without it nothing is seen: if it cannot be kept running, the whole must end visibly."""
VIDEO = ("video",)


def run(config: Path, *, clock: Clock, stop: threading.Event, video: bool = False, start: Start | None = None) -> int:
    """Keep the parts running until `stop` is set; the exit code, see Supervisor.run. `start` as there.

    `video`: others may watch live, so that there is a part more.
    """
    parts = (*PARTS, VIDEO) if video else PARTS
    return Supervisor(parts, start=start or partial(_start, config), clock=clock, needed=NEEDED).run(stop)


def _start(config: Path, name: str) -> "subprocess.Popen[bytes]":
    return start_part(name, "--config", str(config))
