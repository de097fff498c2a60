"""Stand-ins for time and faults, shared by the tests."""

import threading
from collections.abc import Iterator, Sequence
from random import Random

from vigilanza.capture.backoff import Backoff
from vigilanza.capture.packet import Packet
from vigilanza.clock import SystemClock


class FakeClock:
    """Time that passes only when somebody waits or `advance` is called."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self.time = start
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def busy(self) -> float:
        return self.time

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.waits.append(seconds)
        self.time += seconds
        return stop.is_set()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.time += seconds


class Hurried(SystemClock):
    """Time that does not wait: what somebody waits for has passed at once."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> float:
        return super().now() + self._skipped

    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self._skipped += seconds
        return super().wait(0.01, stop)


class Unmoved(Random):
    """Chance that always falls on 0.0."""

    def random(self) -> float:
        return 0.0


def whole_waits() -> Backoff:
    """The usual waits of a camera, never shortened by chance."""
    return Backoff(Unmoved())


class ScriptedSource:
    """A source whose n-th connection gives the n-th script: packets, and errors to raise; then the last one again."""

    def __init__(self, *scripts: Sequence[Packet | Exception], clock: FakeClock) -> None:
        self.scripts, self.clock = scripts, clock
        self.opened_at: list[float] = []

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        script = self.scripts[min(len(self.opened_at), len(self.scripts) - 1)]
        self.opened_at.append(self.clock.monotonic())
        for item in script:
            if stop.is_set():
                return
            if isinstance(item, Exception):
                raise item
            yield item
