"""A connection over which requests are made by HTTP/1.1, one after the other, each within its deadline.

On blocking sockets: every call into them gets what is left until the deadline, so that a receiver which sends byte by
byte gains nothing. Made of h11 and not of a complete client: a client keeps what a receiver said too much and takes it
as the answer to the next message, which would be a receipt for an alert that nobody has.
"""

import select
import socket
import ssl
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import h11

from vigilanza.clock import Clock

ANSWER_MAX_BYTES = 16_384
_CHUNK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` by their names in small letters; of the body at most ANSWER_MAX_BYTES are kept."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class HttpConnection:
    """Used by one thread at a time. Closed when it is let go of, at the latest."""

    def __init__(self, line: socket.socket, *, address: str, clock: Clock) -> None:
        """`line` is connected to `address`, and encrypted if it is to be."""
        self.address, self._line, self._clock = address, line, clock
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=ANSWER_MAX_BYTES)
        self._close = weakref.finalize(self, line.close)
        self._opened_at = self._used_at = clock.monotonic()
        self.heard = False
        """Whether the receiver has said anything since the latest one."""

    @classmethod
    def open(
        cls, address: str, port: int, *, until: float, clock: Clock, tls: ssl.SSLContext | None, name: str
    ) -> Self:
        """To `address`, encrypted if there is `tls`: then only if it proves there to be `name`. `until`: the deadline,
        monotonic seconds. OSError if there is none by then.
        """
        line = socket.create_connection((address, port), timeout=_left(until, clock))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            line.settimeout(_left(until, clock))
            line = tls.wrap_socket(line, server_hostname=name)
        return cls(line, address=address, clock=clock)

    def certificate_until(self) -> float | None:
        """Until when the receiver's certificate is good; None if there is none."""
        if not isinstance(self._line, ssl.SSLSocket):
            return None
        certificate = self._line.getpeercert() or {}
        return float(ssl.cert_time_to_seconds(str(certificate["notAfter"])))

    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock.monotonic() - self._opened_at

    def idle(self) -> float:
        """Seconds since its last answer ended."""
        return self._clock.monotonic() - self._used_at

    def is_ready(self) -> bool:
        """Whether another request may be made over it: as far as can be seen the receiver has neither closed it nor
        said anything that was not asked for.
        """
        if self._http.our_state is not h11.IDLE or self._http.trailing_data[0]:
            return False
        if isinstance(self._line, ssl.SSLSocket) and self._line.pending():
            return False
        readable = select.poll()
        readable.register(self._line, select.POLLIN)
        return not readable.poll(0)

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, until: float) -> Response:
        """The receiver's answer, read to its end or to ANSWER_MAX_BYTES. `until`: the deadline, monotonic seconds.

        TimeoutError if there is no such answer by then, OSError or h11.ProtocolError if there will be none.
        """
        self.heard = False
        fields = [*headers.items(), ("content-length", str(len(body)))]
        head = self._http.send(h11.Request(method=method, target=target, headers=fields)) or b""
        self._http.send(h11.Data(data=body))
        self._http.send(h11.EndOfMessage())
        # A receiver may answer, and close, before it has read everything: what it said counts.
        with suppress(ConnectionError):
            self._send(head + body, until)
        response = self._receive(until)
        self._used_at = self._clock.monotonic()
        return response

    def close(self) -> None:
        """Nothing can be asked afterwards."""
        self._close()

    def _send(self, message: bytes, until: float) -> None:
        rest = memoryview(message)
        while rest:
            self._line.settimeout(_left(until, self._clock))
            rest = rest[self._line.send(rest) :]

    def _receive(self, until: float) -> Response:
        head: h11.Response | None = None
        body = b""
        while len(body) <= ANSWER_MAX_BYTES:
            match self._next_event(until):
                case h11.Response() as head:
                    pass
                case h11.Data() as data:
                    body += data.data
                case h11.EndOfMessage():
                    self._make_ready()
                    break
                case _:
                    continue  # an interim answer
        assert head is not None
        said = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
        return Response(head.status_code, head.reason.decode("latin-1"), said, body[:ANSWER_MAX_BYTES])

    def _next_event(self, until: float) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._line.settimeout(_left(until, self._clock))
            data = self._line.recv(_CHUNK_BYTES)
            self.heard = self.heard or bool(data)
            self._http.receive_data(data)
        return event

    def _make_ready(self) -> None:
        # Otherwise one of the two wants the connection closed.
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()


def _left(until: float, clock: Clock) -> float:
    left = until - clock.monotonic()
    if left <= 0.0:
        raise TimeoutError
    return left
