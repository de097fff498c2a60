"""Takes connections in, as many as there may be at once, in all and from one address."""

import asyncio
import socket
import ssl
from collections import Counter as Tally
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

log = structlog.get_logger(__name__)

CONNECTIONS_MAX = 256
PER_ADDRESS_MAX = 96
"""Several systems may stand behind one address, each with a connection for every pull point."""
FIRST_WITHIN_S = 20.0
"""A connection whose first request is not there by then is closed; so is one whose TLS handshake lasts."""
ACCEPT_AGAIN_S = 1.0
_REFUSING_MAX = 32
"""More than these are closed without a word."""
_SAID = b"too many connections: try again later\n"
_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_SAID), _SAID)
)


class Reception:
    """For one event loop. Connections are counted from the moment they are taken to their end."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self._open: Tally[str] = Tally()
        self._visitors: dict[asyncio.BaseTransport, _Visitor] = {}
        self._refusing = 0
        self._under_way: set[asyncio.Task[None]] = set()
        self._connections = Gauge("vigilanza_onvif_connections", "Connections to the ONVIF device", registry=registry)
        self._refused = Counter(
            "vigilanza_onvif_connections_refused",
            "Connections too many, in all or from one address",
            ["of"],
            registry=registry,
        )

    async def receive(
        self, line: socket.socket, tls: ssl.SSLContext | None, make: Callable[[], asyncio.Protocol]
    ) -> None:
        """Take what comes to the listening `line`, each served by what `make` gives, until cancelled.

        Whoever opened the line closes it.
        """
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    connection, peer = await loop.sock_accept(line)
                except OSError as error:  # hung up again already, or no file is left to open
                    log.warning("a connection to the ONVIF device could not be taken", why=error.strerror)
                    await asyncio.sleep(ACCEPT_AGAIN_S)
                    continue
                self._start(self._admit(connection, str(peer[0]), tls, make))
        finally:
            for task in self._under_way:
                task.cancel()

    def heard(self, transport: asyncio.BaseTransport | None) -> None:
        """A whole request has come: from here on the server itself watches over it."""
        if transport in self._visitors:
            self._visitors[transport].is_heard()

    async def _admit(
        self,
        connection: socket.socket,
        address: str,
        tls: ssl.SSLContext | None,
        make: Callable[[], asyncio.Protocol],
    ) -> None:
        of = "all" if self._open.total() >= CONNECTIONS_MAX else "address"
        if of == "all" or self._open[address] >= PER_ADDRESS_MAX:
            self._refused.labels(of).inc()
            await self._refuse(connection, tls)
            return
        self._count(address, 1)
        visitor = _Visitor(make(), self._visitors, lambda: self._count(address, -1))
        if not await _hand_over(connection, tls, visitor):
            self._count(address, -1)

    async def _refuse(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        if self._refusing >= _REFUSING_MAX:
            connection.close()
            return
        self._refusing += 1
        try:
            refusal = _Refusal()
            if await _hand_over(connection, tls, refusal):
                await refusal.ended.wait()
        finally:
            self._refusing -= 1

    def _count(self, address: str, change: int) -> None:
        self._open[address] += change
        if not self._open[address]:
            del self._open[address]
        self._connections.set(self._open.total())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _hand_over(connection: socket.socket, tls: ssl.SSLContext | None, to: asyncio.Protocol) -> bool:
    """False if there was no TLS to be had with the other side."""
    within = None if tls is None else FIRST_WITHIN_S
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_accepted_socket(lambda: to, connection, ssl=tls, ssl_handshake_timeout=within)
    except OSError:
        connection.close()
        return False
    return True


class _Visitor(asyncio.Protocol):
    """Gives everything on to the server's own protocol; among `visitors` by its transport while it is open."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        visitors: "dict[asyncio.BaseTransport, _Visitor]",
        on_end: Callable[[], None],
    ) -> None:
        self._inner, self._visitors, self._on_end = inner, visitors, on_end
        self._transport: asyncio.BaseTransport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._visitors[transport] = self
        self._timer = asyncio.get_running_loop().call_later(FIRST_WITHIN_S, transport.close)
        self._inner.connection_made(transport)

    def is_heard(self) -> None:
        """Its first request is there."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_heard()
        if self._transport is not None:
            del self._visitors[self._transport]
        self._on_end()
        self._inner.connection_lost(exc)


class _Refusal(asyncio.Protocol):
    """Says once that there are too many, after something was asked: before that it might not be read."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        asyncio.get_running_loop().call_later(FIRST_WITHIN_S, transport.close)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it is
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_ANSWER)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - however it ended
        self.ended.set()
