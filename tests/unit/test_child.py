"""A child that was started by somebody else; real processes."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigilanza.app.child import Child


def born(command: str) -> Child:
    """One whose standard input is a pipe."""
    reading, writing = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_CLOSE, writing)]
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ, file_actions=actions)
    os.close(reading)
    return Child(pid, os.fdopen(writing, "wb"))


@pytest.fixture
def lasting() -> Iterator[Child]:
    child = born("exec sleep 600")
    yield child
    child.kill()
    child.wait()
    child.stdin.close()


@pytest.mark.parametrize("code", [0, 1, 70, 78])
def test_its_exit_code_can_be_asked_for_again_and_again(code: int) -> None:
    with (child := born(f"exit {code}")).stdin:
        assert [child.wait(60), child.wait(), child.poll()] == [code] * 3


def test_one_that_was_killed_says_by_what_signal(lasting: Child) -> None:
    assert lasting.poll() is None
    lasting.send_signal(signal.SIGTERM)
    assert lasting.wait(60) == -signal.SIGTERM


def test_one_that_goes_on_is_not_waited_for_beyond_what_was_granted(lasting: Child) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        lasting.wait(0.0)
    assert lasting.poll() is None


def test_a_signal_to_one_that_has_ended_reaches_nobody_else() -> None:
    with (child := born("exit 0")).stdin:
        child.wait(60)
        child.send_signal(signal.SIGKILL)
        child.kill()
        assert child.poll() == 0


def test_it_sees_that_its_lifeline_closes_and_nothing_of_it_is_left_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    child = born("read line; exit 3")
    child.stdin.close()
    assert child.wait(60) == 3
    assert len(list(Path("/proc/self/fd").iterdir())) == before
