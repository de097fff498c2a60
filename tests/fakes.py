"""Stand-ins for time and faults, shared by the tests."""

import threading


class FakeClock:
    """Time that passes only when somebody waits or `advance` is called."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self.time = start
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.waits.append(seconds)
        self.time += seconds
        return stop.is_set()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.time += seconds
