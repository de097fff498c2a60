"""One connection to NATS for callers on threads: the library's event loop runs on a thread of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import SecureConnRequiredError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError

from vigilanza.cluster.link import NatsLink
from vigilanza.domain.errors import ClusterUnavailable

Answer = TypeVar("Answer")
OnBack: TypeAlias = Callable[[], Awaitable[None]]
RECONNECT_S, CONNECT_S, CLOSE_S = 0.2, 2.0, 2.0
PING_S, PINGS_LOST = 2, 2
"""A line that is cut without a word is found after about three of these."""


class CarefulClient(Client):
    """Says nothing to a server at tls:// that wants no TLS: the library would send it the password in the clear.

    Servers tell in the clear whether they want it, so whoever is on the way could say that they do not.
    """

    async def join(
        self, options: Mapping[str, Any], *, on_error: Callable[[Exception], Awaitable[None]], on_back: OnBack
    ) -> None:
        """Connect with `NatsLink.options`, trying for ever; nothing is kept to be sent later behind a caller's back."""
        patience = {"connect_timeout": CONNECT_S, "reconnect_time_wait": RECONNECT_S}
        await self.connect(
            **{**options, **patience},
            max_reconnect_attempts=-1,
            ping_interval=PING_S,
            max_outstanding_pings=PINGS_LOST,
            pending_size=0,
            error_cb=on_error,
            reconnected_cb=on_back,
        )

    def _connect_command(self) -> bytes:
        here = self._current_server
        if here is not None and here.uri.scheme == "tls" and not self._server_info.get("tls_required"):
            raise SecureConnRequiredError
        return super()._connect_command()


class NatsConnection:
    """Connects when it is first asked something, and again by itself; `close` it. `name` is what the server shows."""

    def __init__(self, link: NatsLink, *, name: str) -> None:
        """ConfigError if a certificate file cannot be used."""
        self._options = {**link.options(), "name": name}
        self._where = ", ".join(link.servers)
        self._connecting: asyncio.Task[Client] | None = None
        self._client: Client | None = None
        self._why, self._times = "no answer", 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"nats-{name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> "NatsConnection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, ask: Callable[[Client], Awaitable[Answer]], *, patience_s: float) -> Answer:
        """What `ask` gives on the connected client; what JetStream refuses is raised as its own error.

        ClusterUnavailable if no server is reached or answers within `patience_s`: what was asked may have been done.
        """
        answer = asyncio.run_coroutine_threadsafe(self._ask(ask, patience_s), self._loop)
        try:
            return answer.result()
        except (NoStreamResponseError, ServiceUnavailableError) as error:
            raise ClusterUnavailable(f"JetStream at {self._where} does not answer: {error}") from error
        except JetStreamError:
            raise
        except (TimeoutError, NatsError, OSError, CancelledError) as error:
            raise ClusterUnavailable(f"NATS at {self._where} does not answer: {str(error) or self._why}") from error

    @property
    def times_connected(self) -> int:
        """How often the connection was made so far: it grows when one that was lost is back."""
        return self._times

    async def _ask(self, ask: Callable[[Client], Awaitable[Answer]], patience_s: float) -> Answer:
        async with asyncio.timeout(patience_s):
            # Shielded: it goes on connecting for the next one who asks.
            client = await asyncio.shield(self._connection())
            return await ask(client)

    def _connection(self) -> "asyncio.Task[Client]":
        task = self._connecting
        if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().is_closed)):
            task = self._connecting = self._loop.create_task(self._connect())
        return task

    async def _connect(self) -> Client:
        client = self._client = CarefulClient()
        await client.join(self._options, on_error=self._note, on_back=self._count)
        await self._count()
        return client

    async def _note(self, error: Exception) -> None:
        self._why = str(error) or type(error).__name__

    async def _count(self) -> None:
        self._times += 1

    def close(self) -> None:
        """Leave, whatever is under way."""
        with suppress(TimeoutError, NatsError, OSError):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_S)
        if not self._thread.is_alive():
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())  # sockets close in the loop's next turn
            self._loop.close()

    async def _leave(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        try:
            await self._close_client()  # first, so that an attempt under way leaves no socket behind
        finally:
            for other in others:
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._close_client()

    async def _close_client(self) -> None:
        if self._client is not None and not self._client.is_closed:
            # As a task of its own: closing cancels a reconnection, and is cancelled with it if both await one socket.
            [ended] = await asyncio.gather(self._client.close(), return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended
