"""How a part gives way to the next one, which has to stay; real processes, played time."""

import subprocess
import threading
from dataclasses import dataclass

import pytest

from tests.fakes import FakeClock
from vigilanza.app.replacement import Replacement
from vigilanza.app.supervisor import DOWN_S, PATIENCE_S, Supervisor


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@dataclass
class Next:
    """Stands by: ready at once, after it was asked so often, or never; its process runs or ends as it is told."""

    command: str = "exec sleep 600"
    asked: int = 0
    ends: bool = False
    begun: bool = False
    given_up: bool = False

    def __post_init__(self) -> None:
        self.process: subprocess.Popen[bytes] = subprocess.Popen(["sh", "-c", self.command])

    def is_ready(self) -> bool:
        self.asked -= 1
        return self.asked < 0

    def go(self) -> None:
        self.begun = True
        if self.ends:
            self.process.kill()
            self.process.wait()

    def give_up(self) -> None:
        self.given_up = True
        self.process.kill()
        self.process.wait()


class Replaced:
    """A watch that is to be replaced by `after`; time passes until that is decided."""

    def __init__(
        self,
        clock: FakeClock,
        after: Next,
        *,
        watch: str = "exec sleep 600",
        ended: bool = False,
        kind: type[subprocess.Popen[bytes]] = subprocess.Popen,
    ) -> None:
        """`ended`: that is asked only once the watch has ended, and is to be started again later."""
        self.undone = self.begun = looks = 0
        self.replacement, stop = Replacement("watch", undo=self.undo), threading.Event()

        def start(name: str) -> "subprocess.Popen[bytes]":
            self.begun += name == "watch"
            if name != "watch":
                return subprocess.Popen(["sh", "-c", "exec sleep 600"])
            process = kind(["sh", "-c", watch], stdout=subprocess.PIPE if "echo" in watch else None)
            if watch.startswith("exit"):  # played time does not wait for real processes
                process.wait()
            if process.stdout is not None:
                process.stdout.readline()
                process.stdout.close()
            return process

        class Until(FakeClock):
            def wait(_, seconds: float, __: threading.Event) -> bool:
                nonlocal looks
                clock.advance(seconds)
                looks += 1
                if ended and looks == 2:
                    one.replace(self.replacement)
                return self.replacement.done.is_set() or clock.now() > 1_795_001_000.0

            def monotonic(_) -> float:
                return clock.monotonic()

        one = Supervisor(
            [["watch"], ["relay"]],
            start=start,
            prepare=lambda _: after,  # type: ignore[arg-type, return-value] # as far as it is asked
            clock=Until(),
            needed="watch",
        )
        if not ended:
            one.replace(self.replacement)
        self.code = one.run(stop)

    def undo(self) -> None:
        self.undone += 1


def test_a_part_goes_on_until_the_next_one_is_ready_and_that_has_to_stay(clock: FakeClock) -> None:
    began, after = clock.now(), Next(asked=100)
    done = Replaced(clock, after)
    assert (done.code, done.replacement.stayed, done.undone, done.begun) == (0, True, 0, 1)
    assert after.begun
    assert clock.now() - began >= 100 * 0.2 + DOWN_S


@pytest.mark.parametrize("command", ["exit 78", "exec sleep 600"])
def test_a_part_goes_on_if_the_next_one_never_gets_ready(clock: FakeClock, command: str) -> None:
    after = Next(command, asked=10**9)
    done = Replaced(clock, after)
    assert (done.code, done.replacement.stayed, done.undone, done.begun) == (0, False, 1, 1)
    assert not after.begun
    assert after.given_up


def test_a_part_whose_next_one_ends_soon_begins_again_as_it_was(clock: FakeClock) -> None:
    after = Next(ends=True)
    done = Replaced(clock, after)
    assert (done.code, done.replacement.stayed, done.undone, done.begun) == (0, False, 1, 2)
    assert after.begun


def test_a_part_that_dies_while_the_next_one_gets_ready_is_followed_by_that(clock: FakeClock) -> None:
    after = Next(asked=10**9)
    done = Replaced(clock, after, watch="exit 1")
    assert (done.code, done.replacement.stayed, done.undone, done.begun) == (0, True, 0, 1)
    assert after.begun


def test_a_part_that_waits_to_be_started_again_is_followed_at_once(clock: FakeClock) -> None:
    after = Next(asked=10**9)
    done = Replaced(clock, after, watch="exit 1", ended=True)
    assert (done.code, done.replacement.stayed, done.undone, done.begun) == (0, True, 0, 1)
    assert after.begun


def test_a_part_that_not_even_a_kill_ends_is_killed_seldom(clock: FakeClock) -> None:
    class Held(subprocess.Popen[bytes]):
        kills = 0

        def kill(self) -> None:
            Held.kills += 1
            if Held.kills == 3:
                super().kill()
                self.wait()

    began, after = clock.now(), Next()
    done = Replaced(clock, after, watch="trap '' USR1; echo; exec sleep 600", kind=Held)
    assert (done.replacement.stayed, Held.kills) == (True, 3)
    assert clock.now() - began >= 3 * PATIENCE_S
