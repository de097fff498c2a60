"""A part that has read all it needs, and waits with the rest until its predecessor has made room."""

import os
import subprocess
import sys
from contextlib import suppress

from vigilanza.app.part import LIFELINE, READY


class StandBy:
    """`vigilanza ARGUMENTS` as a child that begins at `go`, and ends when we do. OSError if there is no process."""

    def __init__(self, *arguments: str) -> None:
        self._ready, theirs = os.pipe()
        os.set_blocking(self._ready, False)
        command = [sys.executable, "-m", "vigilanza", *arguments]
        environ = os.environ | {LIFELINE: "1", READY: str(theirs)}
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environ, pass_fds=(theirs,))
        except OSError:
            os.close(self._ready)
            raise
        finally:
            os.close(theirs)

    def is_ready(self) -> bool:
        """Whether it only waits for its turn now, or has ended: it has closed its end of the pipe."""
        try:
            return os.read(self._ready, 1) == b""
        except BlockingIOError:
            return False

    def go(self) -> None:
        """Its turn has come. One that has ended is found out by its exit code."""
        os.close(self._ready)
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                # Past the buffer: what is left in there would fail once more when it is closed.
                os.write(self.process.stdin.fileno(), b"\n")

    def give_up(self) -> None:
        """It never had its turn."""
        os.close(self._ready)
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
