"""A TCP line between clients and a camera: it can be laid to another port, and spoil what the camera says."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TypeAlias

from vigilanza.lab.listening import stop_listening

Spoil: TypeAlias = Callable[[bytes], bytes]
"""What becomes of the next bytes on their way from the camera; EOFError hangs up."""
_CHUNK_BYTES = 65536


class Line:
    """Takes connections on `port` of loopback and lays each to `target`, another port there, until the end of `with`.

    `spoil` gives every connection its own way of being spoilt. Where one end hangs up, the connection of the other
    breaks.
    """

    def __init__(self, target: int, *, spoil: Callable[[], Spoil] = lambda: bytes) -> None:
        self.target, self.port = target, 0
        self._spoil = spoil
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._server: asyncio.Server | None = None
        self._laid: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Line":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._lay, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            await stop_listening(self._server)
        for task in self._laid:
            task.cancel()
        await asyncio.gather(*self._laid, return_exceptions=True)

    async def _lay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._laid.add(task)
        far: asyncio.StreamWriter | None = None
        ways: list[asyncio.Task[None]] = []
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
            ways = [
                asyncio.create_task(_carry(reader, far, bytes)),
                asyncio.create_task(_carry(far_reader, writer, self._spoil())),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # no camera there: the client sees its connection closed
        finally:
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._laid.discard(task)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spoil: Spoil) -> None:
    with suppress(OSError, EOFError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(spoil(data))
            await writer.drain()
