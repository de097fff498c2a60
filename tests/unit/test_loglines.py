"""Nobody waits for the log, and what it did not take is counted."""

import fcntl
import os
from collections.abc import Iterator

import pytest

from tests.commands import wait_until
from vigilanza.app.loglines import LogLines

PAGE = 4096


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Its reading and its writing end; it holds one page."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PAGE)
    yield reading, writing
    for end in (reading, writing):
        os.close(end)


def taken(reading: int, until: str) -> str:
    """What comes, up to `until`."""
    os.set_blocking(reading, False)
    text = ""

    def all_there() -> bool:
        nonlocal text
        try:
            text += os.read(reading, PAGE).decode()
        except BlockingIOError:
            return False
        return until in text

    wait_until(until, all_there)
    return text


def test_a_log_that_nobody_reads_holds_up_nobody_and_says_later_what_is_missing(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    lines = LogLines(writing, limit=20)
    for number in range(1000):
        lines.write(f"{number:>99}\n")
    told = taken(reading, "missing")
    lines.write("the last one\n")
    told += taken(reading, "the last one\n")
    numbers = [int(line) for line in told.splitlines() if line.strip().isdigit()]
    missing = sum(int(line.split()[0]) for line in told.splitlines() if "missing" in line)
    assert numbers == sorted(numbers)
    assert len(numbers) + missing == 1000
    assert len(numbers) >= 20
    lines.close()


def test_a_log_whose_reader_is_gone_ends_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    lines = LogLines(writing)
    lines.write("to nobody\n")
    lines.close()
    os.close(writing)
