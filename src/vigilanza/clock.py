"""The only file that reads time."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Time, given from outside so that tests and recordings can give their own."""

    def now(self) -> float:
        """UTC, Unix seconds: for records that people read."""
        ...

    def monotonic(self) -> float:
        """Seconds that never step back: for durations and deadlines."""
        ...

    def busy(self) -> float:
        """Processor seconds that the calling thread has used: for what something costs."""
        ...

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait up to `seconds`; True at once if `stop` is or becomes set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def busy(self) -> float:
        return time.thread_time()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        return stop.wait(seconds)
