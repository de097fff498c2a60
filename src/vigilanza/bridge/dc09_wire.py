"""A connection to a receiver of alarms: frames out, frames in, TCP or UDP, never longer than it may last."""

import socket
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from types import TracebackType

from vigilanza.clock import Clock

CONNECT_SECONDS = 3.0
FRAME_MAX_BYTES = 2048
HEARD_MAX_BYTES = 65_536
"""Whoever says more than this on one connection is not answering."""


class Transport(StrEnum):
    """How frames travel."""

    TCP = "tcp"
    UDP = "udp"


class Wire:
    """Use as a context manager. Every method may raise OSError: it broke, or the other side closed it."""

    def __init__(
        self, addresses: Sequence[str], port: int, *, transport: Transport, clock: Clock, until: float
    ) -> None:
        """Connect to the first of `addresses` that can be, before `until` (monotonic seconds). OSError if none."""
        self._clock, self._transport = clock, transport
        self._heard_bytes, self._rest, self._frames = 0, b"", deque[bytes]()
        failure: OSError = TimeoutError("no time left")
        for index, address in enumerate(addresses):
            left = min(CONNECT_SECONDS, until - clock.monotonic()) / (len(addresses) - index)
            if left <= 0:
                break
            try:
                self._socket = self._connect(address, port, left)
                return
            except OSError as error:
                failure = error
        raise failure

    def send(self, frame: bytes, *, until: float) -> None:
        """Give the frame to the network."""
        self._socket.settimeout(self._left(until))
        self._socket.sendall(frame)

    def receive(self, *, until: float) -> bytes | None:
        """What the other side says between LF and CR, whatever it is; None if it says nothing more until then."""
        while not self._frames:
            if self._clock.monotonic() >= until:
                return None
            self._socket.settimeout(self._left(until))
            try:
                data = self._socket.recv(4096)
            except TimeoutError:
                return None
            if not data and self._transport is Transport.TCP:
                raise ConnectionError("closed by the other side")
            self._heard_bytes += len(data)
            if self._heard_bytes > HEARD_MAX_BYTES:
                raise ConnectionError("far too much said")
            self._take(data)
        return self._frames.popleft()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _connect(self, address: str, port: int, seconds: float) -> socket.socket:
        if self._transport is Transport.TCP:
            line = socket.create_connection((address, port), timeout=seconds)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        line = socket.socket(family, socket.SOCK_DGRAM)
        try:
            # Connected: datagrams of anybody else are not even seen.
            line.connect((address, port))
        except OSError:
            line.close()
            raise
        return line

    def _left(self, until: float) -> float:
        return max(0.001, until - self._clock.monotonic())

    def _take(self, data: bytes) -> None:
        if self._transport is Transport.UDP:
            self._rest = b""  # a frame is whole in its datagram
        *whole, rest = (self._rest + data).split(b"\r")
        self._rest = rest[-FRAME_MAX_BYTES:]
        self._frames.extend(part.rpartition(b"\n")[2] for part in whole)
