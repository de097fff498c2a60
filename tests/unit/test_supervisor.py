"""Which ends of parts the supervisor bears, and how long it waits; real processes, played time."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.fakes import FakeClock
from vigilanza.app.run import supervise as supervise_all
from vigilanza.app.supervisor import DOWN_S, EXIT_CONFIG, EXIT_GAVE_UP, Supervisor

ENOUGH = 12
PARTS = ("watch", "relay", "web")


class Parts:
    """Starts each part as its script says: an exit code is reached at once, None runs until terminated."""

    def __init__(self, clock: FakeClock, stop: threading.Event, scripts: dict[str, Iterator[int | None]]) -> None:
        self.clock, self.stop, self.scripts = clock, stop, scripts
        self.started: dict[str, list[float]] = {name: [] for name in PARTS}
        self.lifetime = 0.0

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        self.started[name].append(self.clock.monotonic())
        if len(self.started[name]) >= ENOUGH:
            self.stop.set()
        code = next(self.scripts[name]) if name in self.scripts else None
        if code is None:
            return subprocess.Popen(["sleep", "600"])
        process = subprocess.Popen(["sh", "-c", f"exit {code}"])
        process.wait()
        self.clock.advance(self.lifetime)
        return process

    def gaps(self, name: str) -> list[float]:
        """Seconds between the starts of a part."""
        times = self.started[name]
        return [later - earlier for earlier, later in pairwise(times)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def codes(*first: int, then: int = 1) -> Iterator[int | None]:
    yield from first
    while True:
        yield then


def supervise(parts: Parts) -> int:
    return supervise_all(PARTS, clock=parts.clock, start=parts.start).run(parts.stop)


@pytest.mark.parametrize("name", ["relay", "web"])
@pytest.mark.parametrize("then", [1, 0, EXIT_CONFIG])
def test_relay_and_web_may_fail_for_ever_and_watch_goes_on(clock: FakeClock, name: str, then: int) -> None:
    parts = Parts(clock, threading.Event(), {name: codes(1, then=then)})
    assert supervise(parts) == 0
    assert parts.gaps(name) == pytest.approx([1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30], abs=0.5)
    assert len(parts.started["watch"]) == 1


def test_a_watch_that_fails_again_and_again_is_given_up(clock: FakeClock) -> None:
    parts = Parts(clock, threading.Event(), {"watch": codes()})
    assert supervise(parts) == EXIT_GAVE_UP
    assert parts.gaps("watch") == pytest.approx([1, 2, 4, 8], abs=0.5)


@pytest.mark.parametrize("name", ["watch", "relay", "web"])
def test_a_part_whose_first_start_finds_the_configuration_wrong_ends_all(clock: FakeClock, name: str) -> None:
    parts = Parts(clock, threading.Event(), {name: codes(EXIT_CONFIG)})
    assert supervise(parts) == EXIT_CONFIG
    assert len(parts.started[name]) == 1


def test_a_part_that_ran_for_long_is_started_again_soon(clock: FakeClock) -> None:
    parts = Parts(clock, threading.Event(), {"watch": codes()})
    parts.lifetime = 100.0
    assert supervise(parts) == 0
    assert parts.gaps("watch") == pytest.approx([101.0] * 11, abs=0.5)


def test_a_system_that_gives_no_process_is_asked_again(clock: FakeClock) -> None:
    parts = Parts(clock, threading.Event(), {})
    refusals = iter([True, True, False])
    start = parts.start

    def reluctant(name: str) -> "subprocess.Popen[bytes]":
        if name == "web" and next(refusals):
            raise BlockingIOError(11, "Resource temporarily unavailable")
        if name == "web":
            parts.stop.set()
        return start(name)

    assert supervise_all(PARTS, clock=clock, start=reluctant).run(parts.stop) == 0
    assert clock.now() - parts.started["watch"][0] == pytest.approx(3.0, abs=0.7)


def test_a_part_that_is_down_for_long_is_told_of_once_and_again_after_it_ran(clock: FakeClock) -> None:
    parts = Parts(clock, threading.Event(), {"watch": codes(1, 1, 1, 1, 1, 1)})
    down: list[tuple[str, int]] = []

    def note(name: str) -> bool:
        down.append((name, len(parts.started[name])))
        if len(down) == 1:
            parts.lifetime = 2 * DOWN_S
            parts.scripts["watch"] = codes(1, 1, 1, 1)
        return True

    one = Supervisor([["watch"], ["relay"]], start=parts.start, clock=clock, on_down=note)
    assert one.run(parts.stop) == 0
    assert down[0] == ("watch", 4), "down, but for short starts, for 1 + 2 + 4 s and more"
    assert {name for name, _ in down} == {"watch"}


def test_parts_of_one_group_are_ended_together(clock: FakeClock) -> None:
    ended: list[str] = []

    class Slow(subprocess.Popen[bytes]):
        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__(["sleep", "600"])

        def send_signal(self, number: int) -> None:
            assert number == signal.SIGTERM
            ended.append(f"asked {self.name}")
            super().send_signal(number)

        def wait(self, timeout: float | None = None) -> int:
            ended.append(f"awaited {self.name}")
            return super().wait(timeout)

    stop = threading.Event()
    stop.set()
    Supervisor([["a", "b"], ["last"]], start=Slow, clock=clock).run(stop)
    assert ended == ["asked a", "asked b", "awaited a", "awaited b", "asked last", "awaited last"]


def test_what_could_not_be_done_about_a_part_that_is_down_is_tried_again(clock: FakeClock) -> None:
    parts = Parts(clock, threading.Event(), {"watch": codes()})
    asked: list[float] = []

    def note(name: str) -> bool:
        asked.append(clock.monotonic())
        return len(asked) == 3

    Supervisor([["watch"]], start=parts.start, clock=clock, on_down=note).run(parts.stop)
    assert len(asked) == 3
    assert min(later - earlier for earlier, later in pairwise(asked)) >= DOWN_S
