"""What all stand-in receivers have in common: a server in a thread of its own that misbehaves on request."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Act = TypeVar("Act")
Kept = TypeVar("Kept")


class StandIn(Generic[Act]):
    """Use as a context manager: it serves until the end."""

    def __init__(self, server: TCPServer, *, name: str) -> None:
        """`server` listens already; its handlers know this object."""
        self._server = server
        self._acts: deque[Act] = deque()
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=name, daemon=True)
        self.changed = threading.Condition()
        """Guards what is kept; told whenever something arrives."""
        self.closing = threading.Event()
        """Set at the end: whoever hangs on purpose lets go."""
        self.requests = 0

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.socket.getsockname()[1])

    def script(self, *acts: Act) -> None:
        """Do so, one act per request, then behave again."""
        self._acts.extend(acts)

    def next_act(self) -> Act | None:
        """What to do with the request that has just come; None: behave."""
        with self.changed:
            self.requests += 1
            self.changed.notify_all()
            return self._acts.popleft() if self._acts else None

    def wait_for_requests(self, count: int, timeout: float = 30.0) -> None:
        """Return once at least `count` requests have come, however answered; TimeoutError if not in time."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.requests >= count, timeout):
                raise TimeoutError(f"{self.requests} of {count} requests came")

    def _wait_for(self, kept: Callable[[], Collection[Kept]], count: int, timeout: float) -> list[Kept]:
        """What is `kept`, once that are at least `count`; TimeoutError if they are not in time."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(kept()) >= count, timeout):
                raise TimeoutError(f"{len(kept())} of {count} have arrived")
            return list(kept())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class HttpServer(ThreadingHTTPServer):
    """A thread per connection, which clients may keep open."""

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self.connections = 0
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self.connections += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def cut(self) -> None:
        """End all connections; returns once they have ended."""
        with self._changed:
            for one in self._open:
                with suppress(OSError):  # it has just ended by itself
                    # Not the encrypted socket's own method: its thread is reading from it.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)
        self.wait_until_alone()

    def wait_until_alone(self, timeout: float = 10.0) -> None:
        """Return once no connection is open; TimeoutError if one still is after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open, timeout):
                raise TimeoutError(f"{len(self._open)} connections are open")


class HttpStandIn(StandIn[Act]):
    """One that speaks HTTP; at the end all connections do."""

    def __init__(self, server: HttpServer, *, name: str) -> None:
        super().__init__(server, name=name)
        self._http = server

    @property
    def connections(self) -> int:
        """So many have ever been made."""
        return self._http.connections

    def cut(self) -> None:
        """End all connections; returns once they have ended."""
        self._http.cut()

    def wait_until_alone(self) -> None:
        """Return once nobody keeps a connection open."""
        self._http.wait_until_alone()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._http.cut()
