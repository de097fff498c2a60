"""Where a part's log goes, as to a service that keeps logs: it may stop taking any."""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

_PAGE_BYTES = 4096
_LOOK_S = 0.05


class LogPipe:
    """A pipe that holds one page, read into a file in a thread of its own, until `close`."""

    def __init__(self, pipe: Path, log: Path) -> None:
        os.mkfifo(pipe)
        # Opened for both ends, so that it never ends however often its writer does.
        self._descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, _PAGE_BYTES)
        self._log, self._closed = log, threading.Event()
        self._stalled, self._lock = False, threading.Lock()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def stall(self) -> None:
        """Take nothing more: it is full at once."""
        with self._lock, suppress(BlockingIOError):
            self._stalled = True
            while True:
                os.write(self._descriptor, b"\n")

    def flow(self) -> None:
        """Take it again."""
        self._stalled = False

    def close(self) -> None:
        """Its file stays."""
        self._closed.set()
        self._thread.join()
        os.close(self._descriptor)

    def _run(self) -> None:
        with self._log.open("ab", buffering=0) as log:
            while not self._closed.wait(_LOOK_S):
                while taken := self._read():
                    log.write(taken)

    def _read(self) -> bytes:
        with self._lock, suppress(BlockingIOError):
            return b"" if self._stalled else os.read(self._descriptor, _PAGE_BYTES)
        return b""
