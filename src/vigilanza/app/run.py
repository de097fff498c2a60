"""`vigilanza run`: watch, relay and web in one process tree; a part that dies is started again."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

import structlog

from vigilanza.app.part import LIFELINE
from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

PARTS = ("watch", "relay", "web")
NEEDED = "watch"
"""Without it nothing is seen: if it cannot be kept running, the whole must end visibly."""
BUDGET_STARTS = 5
BUDGET_S = 60.0
"""BUDGET_STARTS starts of watch within BUDGET_S, all in vain: starting again does not mend it."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
"""Before a part is started again: doubled at each end, until it has run for BUDGET_S."""
EXIT_CONFIG = 78
EXIT_GAVE_UP = 70
PATIENCE_S = 40.0

Start: TypeAlias = Callable[[str], "subprocess.Popen[bytes]"]


@dataclass(slots=True)
class Part:
    """One child process; times are of Clock.monotonic()."""

    name: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: list[float] = field(default_factory=list)
    due: float = 0.0
    wait: float = FIRST_WAIT_S
    ended: bool = False


class Supervisor:
    """Keeps the parts running until stopped; no part takes another one with it, but for a watch that cannot run."""

    def __init__(self, *, config: Path, clock: Clock, start: Start | None = None) -> None:
        """`start` makes the process of a part, by its name; by default `vigilanza NAME --config CONFIG`."""
        self._clock, self._start = clock, start or partial(_start_part, config)
        self._parts = [Part(name) for name in PARTS]

    def run(self, stop: threading.Event) -> int:
        """0 after `stop`; EXIT_CONFIG if a part's first start says so; EXIT_GAVE_UP if watch cannot be kept running.

        No child outlives it.
        """
        try:
            while True:
                for part in self._parts:
                    code = self._keep(part)
                    if code is not None:
                        return code
                if self._clock.wait(0.2, stop):
                    return 0
        finally:
            self._end()

    def _keep(self, part: Part) -> int | None:
        """Note the part's end, start it when that is due; an exit code if it makes no sense any more."""
        now = self._clock.monotonic()
        if part.process is not None:
            code = part.process.poll()
            if code is None:
                return None
            _let_go(part.process)
            part.process = None
            verdict = self._judge(part, code, now)
            if verdict is not None:
                return verdict
        if now < part.due:
            return None
        part.started_at = [*part.started_at, now][-BUDGET_STARTS:]
        try:
            part.process = self._start(part.name)
        except OSError as error:
            log.error("part cannot be started", cannot=part.name, why=error.strerror)
            return self._judge(part, None, now)
        log.info("part started", started=part.name, pid=part.process.pid)
        return None

    def _judge(self, part: Part, code: int | None, now: float) -> int | None:
        """When the part is due again; an exit code if it is not to be started any more. `code` None: never ran."""
        if code == EXIT_CONFIG and not part.ended:
            return code
        part.ended = True
        if now - part.started_at[-1] >= BUDGET_S:
            part.wait = FIRST_WAIT_S
        part.due, part.wait = now + part.wait, min(2 * part.wait, LONGEST_WAIT_S)
        log.error("part ended", ended=part.name, code=code, again_in=part.due - now)
        if part.name == NEEDED and len(part.started_at) == BUDGET_STARTS and now - part.started_at[0] < BUDGET_S:
            log.critical("part ends again and again: giving up", ended=part.name, starts=BUDGET_STARTS, within=BUDGET_S)
            return EXIT_GAVE_UP
        return None

    def _end(self) -> None:
        """Eyes first, so that the relay can still carry what they saw; then the rest."""
        for part in self._parts:
            if part.process is None:
                continue
            part.process.terminate()
            try:
                part.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                log.error("part does not end: killed", ended=part.name)
                part.process.kill()
                part.process.wait()
            _let_go(part.process)


def _start_part(config: Path, name: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "vigilanza", name, "--config", str(config)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {LIFELINE: "1"})


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    """Close our end of its lifeline."""
    if process.stdin is not None:
        process.stdin.close()
