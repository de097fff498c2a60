"""What every long-running part shares: signals, the lifeline to its parent, logs."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from vigilanza.app.heap import bound_arenas
from vigilanza.app.logs import set_up_logs
from vigilanza.config import Config

LIFELINE = "VIGILANZA_LIFELINE"
"""Set by a parent that holds the part's standard input open: when it closes, the parent is gone."""


def run_part(name: str, work: Callable[[threading.Event], int]) -> int:
    """Run `work` with an event that SIGTERM, SIGINT or the parent's death sets; its exit code."""
    set_up_logs(name)
    bound_arenas()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if os.environ.pop(LIFELINE, None):
        threading.Thread(target=_follow_parent, args=(stop,), name="lifeline", daemon=True).start()
    return work(stop)


def start_part(*arguments: str) -> "subprocess.Popen[bytes]":
    """`vigilanza ARGUMENTS` as a child that ends when we do. OSError if the system gives no process."""
    command = [sys.executable, "-m", "vigilanza", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {LIFELINE: "1"})


def named(config: Config) -> tuple[str, ...]:
    """How a child is told which configuration is its own."""
    accepted = () if config.accepted is None else ("--accepted", str(config.accepted))
    return ("--config", str(config.path), *accepted)


def _follow_parent(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
