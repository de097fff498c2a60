"""Servers that answer as none should: each attempt ends in time, with the right error, and costs no memory."""

import resource
import socket
import threading
from pathlib import Path
from typing import get_args

import pytest

from tests.videos import video
from vigilanza.capture.allocation import MAX_BYTES
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import SourceRefused, SourceUnavailable
from vigilanza.lab.faults import Answer
from vigilanza.lab.simcam import CameraServer

CLOCK = SystemClock()
OPEN_TIMEOUT = 0.5
SLACK = 3.0
"""Of a busy machine; what is measured here would otherwise last for ever."""


def attempt(port: int) -> None:
    """One attempt to read. What it raises is the test's."""
    url = f"rtsp://127.0.0.1:{port}/main"
    source = RtspSource(url=url, user=None, password=None, clock=CLOCK, open_timeout=OPEN_TIMEOUT, read_timeout=0.5)
    for _ in source.packets(threading.Event()):
        pass


def held_bytes() -> int:
    """Memory this process holds now."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * resource.getpagesize()


class Most:
    """The most memory this process held from `with` to its end, looked at every 20 ms."""

    def __init__(self) -> None:
        self.bytes = held_bytes()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Most":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            self.bytes = max(self.bytes, held_bytes())


@pytest.mark.parametrize("answer", sorted(set(get_args(Answer)) - {"right"}))
def test_a_misanswer_ends_within_the_time_allowed_and_takes_no_memory(answer: Answer) -> None:
    with CameraServer({"/main": video()}) as server:
        server.faults.answer = answer
        begun, before = CLOCK.monotonic(), held_bytes()
        with Most() as most, pytest.raises(SourceUnavailable):
            attempt(server.port)
        took = CLOCK.monotonic() - begun
    print(f"{answer}: {took:.2f} s, {(most.bytes - before) / 1e6:.0f} MB")
    assert took <= 2 * OPEN_TIMEOUT + SLACK
    assert most.bytes - before < 2 * MAX_BYTES


def test_a_session_description_that_is_none_is_refused() -> None:
    with CameraServer({"/main": video()}) as server:
        server.faults.announce = "nonsense"
        with pytest.raises(SourceRefused, match="no video"):
            attempt(server.port)


def test_an_address_that_swallows_every_packet_is_given_up_in_time() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # they fill the queue, so that further ones get no answer
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        begun = CLOCK.monotonic()
        with pytest.raises(SourceUnavailable):
            attempt(port)
        assert CLOCK.monotonic() - begun <= 2 * OPEN_TIMEOUT + SLACK
        for each in waiting:
            each.close()
