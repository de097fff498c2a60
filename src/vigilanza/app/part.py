"""What every long-running part shares: signals, the lifeline to its parent, logs."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from vigilanza.app.heap import keep_heap
from vigilanza.app.logs import set_up_logs
from vigilanza.clock import Clock
from vigilanza.config import Config

LIFELINE = "VIGILANZA_LIFELINE"
"""Set by a parent that holds the part's standard input open: when it closes, the parent is gone."""
LOOK_S = 0.05
READY = "VIGILANZA_READY"
"""Set by a parent that says by a line when the part's turn has come: the descriptor that is closed once it is ready."""


LEAVE = signal.SIGUSR1
"""From a parent that has another process stand by: finish what was begun, then make room."""


class Turn:
    """Whether this part may begin: at once, unless it was started to stand by; and whether it is to make room."""

    def __init__(self, ready: str | None) -> None:
        self._ready, self.come, self.over = ready, threading.Event(), threading.Event()
        self.finishes = False
        """Whether what the part does looks at `over` itself."""
        if ready is None:
            self.come.set()

    def end(self, stop: threading.Event) -> None:
        """Another stands by: one that has nothing to finish first ends at once."""
        self.over.set()
        if not self.finishes:
            stop.set()

    def wait(self, stop: threading.Event, clock: Clock) -> bool:
        """Say that all is ready, and wait; False if `stop` came first."""
        if self._ready is not None:
            os.close(int(self._ready))
        while not self.come.is_set():
            if clock.wait(LOOK_S, stop):
                return False
        return True


def run_part(name: str, work: Callable[[threading.Event], int]) -> int:
    """Run `work` with an event that SIGTERM, SIGINT or the parent's death sets; its exit code."""
    return run_in_turn(name, lambda stop, _: work(stop))


def run_in_turn(name: str, work: Callable[[threading.Event, Turn], int]) -> int:
    """As above; `work` waits for its turn before it touches what a predecessor may still have."""
    set_up_logs(name)
    stop, turn = threading.Event(), Turn(os.environ.pop(READY, None))
    keep_heap(stop)
    signal.signal(LEAVE, lambda *_: turn.end(stop))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if os.environ.pop(LIFELINE, None):
        threading.Thread(target=_follow_parent, args=(stop, turn.come), name="lifeline", daemon=True).start()
    return work(stop, turn)


def start_part(*arguments: str) -> "subprocess.Popen[bytes]":
    """`vigilanza ARGUMENTS` as a child that ends when we do. OSError if the system gives no process."""
    command = [sys.executable, "-m", "vigilanza", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {LIFELINE: "1"})


def named(config: Config) -> tuple[str, ...]:
    """How a child is told which configuration is its own."""
    accepted = () if config.accepted is None else ("--accepted", str(config.accepted))
    return ("--config", str(config.path), *accepted)


def _follow_parent(stop: threading.Event, come: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        come.set()
    stop.set()
