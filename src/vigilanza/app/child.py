"""A process that became our child without our having started it."""

import os
import select
import signal
import subprocess
from typing import IO


class Child:
    """It is ours to wait for; a Process. `lifeline`: our end of its standard input. One thread uses it."""

    def __init__(self, pid: int, lifeline: IO[bytes]) -> None:
        """ProcessLookupError if there is none; of one that has just ended its exit code waits to be asked for."""
        self.pid, self.stdin = pid, lifeline
        self._handle = os.pidfd_open(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
                os.close(self._handle)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """The same, once it has ended. subprocess.TimeoutExpired after `timeout` seconds."""
        if self._code is None:
            end = select.poll()
            end.register(self._handle, select.POLLIN)
            end.poll(None if timeout is None else 1000 * timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)
