"""A part of the box as a process of its own: it can be killed, frozen, starved and started again."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias

from vigilanza.lab.drill.apart import APART
from vigilanza.lab.drill.box.clock import Ahead

Work: TypeAlias = Callable[[Path, Ahead, Connection], int]
"""A part's work until SIGTERM, with its configuration: the exit code. What is told to it comes through the pipe."""

END_S = 20.0


class BoxProcess:
    """One part over all its lives. It is told apart whether it is down on purpose, or has ended by itself."""

    def __init__(
        self,
        name: str,
        work: Work,
        *,
        config: Path,
        environ: Mapping[str, str],
        ahead: Ahead,
        outlet: Path,
        log: Path,
    ) -> None:
        """`work` is a function of a module. Its output goes to the end of `outlet`, and is found in `log`."""
        self.name, self.log, self.ended = name, log, 0
        self._outlet = outlet
        """`ended`: how often it has ended by itself."""
        self._work, self._config, self._environ, self._ahead = work, config, environ, ahead
        self._process: BaseProcess | None = None
        self._wanted = False
        self._said_before = 0
        self._lock = threading.RLock()
        self.on_start: Callable[[Connection], threading.Thread | None] = lambda pipe: None  # noqa: ARG005
        """Gets the pipe of each life; the thread that reads from it until its end, if any."""

    @property
    def pid(self) -> int | None:
        """Of the living process."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def start(self) -> None:
        """Run, unless it does."""
        with self._lock:
            self._wanted = True
            if self.pid is not None:
                return
            self._said_before = self._said
            ours, theirs = APART.Pipe()
            self._process = APART.Process(
                target=_serve,
                args=(self._work, self._config, self._ahead, dict(self._environ), self._outlet, theirs),
                name=self.name,
                daemon=True,
            )
            self._process.start()
            theirs.close()
            self._pipe = ours
            self._reading = self.on_start(ours)

    @property
    def is_at_work(self) -> bool:
        """Whether it has said anything since it was started: each part does once it works."""
        return self._said > self._said_before

    @property
    def _said(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def kill(self) -> None:
        """kill -9; it stays down until it is started."""
        with self._lock:
            self._wanted = False
            if self._process is not None:
                self._process.kill()
                self._bury()

    def end(self) -> None:
        """As a service manager does: SIGTERM, and kill -9 if it takes longer than END_S."""
        with self._lock:
            self._wanted = False
            if self._process is not None:
                self._process.terminate()
                self._process.join(END_S)
                self.kill()

    def become(self, work: Work) -> None:
        """Start it, from now on with that work. It is down."""
        with self._lock:
            self._work = work
            self.start()

    def freeze(self) -> None:
        """Let it stand still."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        """If it runs."""
        with self._lock:
            if (pid := self.pid) is not None:
                os.kill(pid, number)

    def look_after(self) -> bool:
        """Whether it has ended by itself since it was started; counted once. The caller starts it again."""
        with self._lock:
            gone = self._wanted and self._process is not None and not self._process.is_alive()
            if gone:
                self.ended += 1
                self._bury()
            return gone

    def start_if_wanted(self) -> None:
        """Unless it was taken down on purpose meanwhile."""
        with self._lock:
            if self._wanted:
                self.start()

    def _bury(self) -> None:
        """What it still said is heard first."""
        assert self._process is not None
        self._process.join()
        if self._reading is not None:
            self._reading.join()
        self._pipe.close()
        self._process = None


def _serve(work: Work, config: Path, ahead: Ahead, environ: Mapping[str, str], to: Path, pipe: Connection) -> None:
    outlet = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(outlet, 1)
    os.dup2(outlet, 2)
    os.environ.update(environ)
    code = work(config, ahead, pipe)
    # What threads of libraries still do is not waited for: a part that has ended has ended.
    sys.stderr.flush()
    os._exit(code)
