"""The relay as a process that can be killed, frozen and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class RelayProcess:
    """`vigilanza relay` with one configuration; its log grows over all its lives."""

    def __init__(self, *, config: Path, environ: Mapping[str, str], log: Path) -> None:
        self._config, self._environ, self._log = config, environ, log
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    def start(self) -> None:
        """Run again."""
        command = [sys.executable, "-m", "vigilanza", "relay", "--config", str(self._config)]
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self._process = subprocess.Popen(command, env={**os.environ, **self._environ}, stdout=log, stderr=log)

    def check(self) -> None:
        """ChildProcessError if it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise ChildProcessError(f"the relay ended by itself with {self._process.returncode}: see {self._log}")

    @property
    def has_begun(self) -> bool:
        """Whether it has said anything since it was started last: it does as soon as it carries."""
        return self._log.stat().st_size > self._said_before

    def kill(self) -> None:
        """As when its power goes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Let it stand still."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
