"""Lines of the log on their way out: nobody waits for them."""

import atexit
import os
import threading
from collections import deque

WAITING_MAX = 2000
"""Lines that wait to be written; what is said beyond is dropped, and counted."""
_LAST_S = 2.0


class LogLines:
    """A text stream that a thread of its own writes out. Any thread may write to it, whole lines at a time.

    Who reads a log may stand still, and its disk may be full: neither may hold up, or end, a thread that watches a
    door. What could not be written is counted, and told once something can be written again.
    """

    def __init__(self, descriptor: int, *, limit: int = WAITING_MAX) -> None:
        """What waits at the end of the process is still written, if that takes no more than two seconds."""
        self._descriptor, self._limit = descriptor, limit
        self._lines: deque[str] = deque()
        self._change = threading.Condition()
        self._ended = False
        self._dropped = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def write(self, text: str) -> int:
        """Never waits; len(text)."""
        with self._change:
            if len(self._lines) < self._limit:
                self._lines.append(text)
            else:
                self._dropped += 1
            self._change.notify_all()
        return len(text)

    def flush(self) -> None:
        """Nothing: each line is written as soon as it can be."""

    def isatty(self) -> bool:
        """Whether a person sits there."""
        return os.isatty(self._descriptor)

    def close(self) -> None:
        """Return once all is written, or after two seconds."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        self._thread.join(_LAST_S)

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._lines or self._ended)
                if not self._lines:
                    return
                text, dropped, self._dropped = self._lines.popleft(), self._dropped, 0
            if dropped:
                text = f"{dropped} lines are missing here: the log took none\n{text}"
            if not self._put(text):
                with self._change:
                    self._dropped += dropped + 1

    def _put(self, text: str) -> bool:
        # Not by sys.stderr, whose lock this thread would still hold while the interpreter ends.
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            return False  # its disk is full, or nobody reads it any more
        return True
