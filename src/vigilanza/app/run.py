"""`vigilanza run`: watch, relay and web in one process tree; a part that dies is started again, within a budget."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from vigilanza.app.part import LIFELINE
from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

PARTS = ("watch", "relay", "web")
BUDGET_STARTS = 5
BUDGET_S = 60.0
"""More than BUDGET_STARTS starts of one part within BUDGET_S: something is wrong that starting again does not mend."""
EXIT_CONFIG = 78
EXIT_GAVE_UP = 70
PATIENCE_S = 40.0


@dataclass(slots=True)
class Part:
    """One child process and when it was started (Clock.monotonic())."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started_at: list[float] = field(default_factory=list)


class Supervisor:
    """Keeps the parts running until stopped."""

    def __init__(self, *, config: Path, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._parts = [Part(name) for name in PARTS]

    def run(self, stop: threading.Event) -> int:
        """0 after `stop`; EXIT_CONFIG or EXIT_GAVE_UP if a part cannot be kept running. No child outlives it."""
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
        """Start the part if it does not run; an exit code if that makes no sense any more."""
        if part.process is not None:
            code = part.process.poll()
            if code is None:
                return None
            log.error("part ended", ended=part.name, code=code)
            if code == EXIT_CONFIG:
                return code
        now = self._clock.monotonic()
        part.started_at = [at for at in part.started_at if now - at < BUDGET_S] + [now]
        if len(part.started_at) > BUDGET_STARTS:
            log.critical("part ends again and again: giving up", ended=part.name, starts=BUDGET_STARTS, within=BUDGET_S)
            return EXIT_GAVE_UP
        command = [sys.executable, "-m", "vigilanza", part.name, "--config", str(self._config)]
        part.process = subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {LIFELINE: "1"})
        log.info("part started", started=part.name, pid=part.process.pid)
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
            if part.process.stdin is not None:
                part.process.stdin.close()
