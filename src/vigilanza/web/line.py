"""One camera's pictures on their way to one page, over a WebSocket.

The server sends JSON as text and pictures as bytes. `{"kind": "video", "mime": …}` announces a moving picture: its
head, then pieces. `{"kind": "stills", "why": "codec" | "slow" | "asked"}` announces JPEGs. `{"kind": "none", "why": …}`
is the end; `why` is `again` if the page may ask at once. Before each piece and each JPEG stand two doubles, little
endian, see Piece. The page answers each message of bytes with a short text.
"""

import asyncio
import json
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from fastapi import WebSocket, WebSocketDisconnect

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable, NoPictures, NotPlayable, NotWatched, StreamChanged
from vigilanza.web.credit import Credit
from vigilanza.web.seen import Cameras, Piece, Viewing

T = TypeVar("T")
Args = TypeVarTuple("Args")

TAKE_S = 0.5
CHECK_S = 2.0
SLOW_WAITED_S = 5.0
"""A page that is waited for so long within SLOW_S is shown stills for SLOW_S; then it may try again."""
SLOW_S = 30.0
SEEN = struct.Struct("<dd")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page wants to see: the `large` stream or the small one, or `stills`, one every so many seconds."""

    camera: str
    large: bool
    stills: float | None


class _End(Exception):
    """The line ends; the message is for the page."""


class Line:
    """From the first word to the last. Blocking work is done by `threads`."""

    def __init__(
        self,
        socket: WebSocket,
        *,
        cameras: Cameras,
        clock: Clock,
        stop: threading.Event,
        threads: CapacityLimiter,
        may_look: Callable[[], bool],
    ) -> None:
        self._socket, self._cameras, self._clock, self._stop = socket, cameras, clock, stop
        self._threads, self._may_look = threads, may_look
        self._credit = Credit(clock=clock)
        self._gone, self._checked_at = asyncio.Event(), clock.monotonic()

    async def show(self, wish: Wish) -> None:
        """Until the page goes, the camera gives nothing more, the session ends or the server stops."""
        ears = asyncio.create_task(self._listen())
        try:
            await self._show(wish)
        except NoPictures as error:
            await self.end(_why(error))
        except _End as end:
            await self.end(str(end))
        except TimeoutError:
            await self.end("hangs")
        except WebSocketDisconnect:
            pass
        finally:
            ears.cancel()

    async def end(self, why: str) -> None:
        """Say it, and close."""
        with suppress(WebSocketDisconnect, RuntimeError):  # it has gone meanwhile
            await self._tell(kind="none", why=why)
            await self._socket.close()

    async def _show(self, wish: Wish) -> None:
        if wish.stills is not None:
            await self._stills(wish.camera, "asked", wish.stills)
        try:
            viewing = await self._do(lambda: self._cameras.open(wish.camera, large=wish.large))
        except NotPlayable:
            await self._stills(wish.camera, "codec", 1.0)
            return
        try:
            await self._move(viewing)
        finally:
            viewing.close()
        await self._stills(wish.camera, "slow", 1.0, seconds=SLOW_S)
        raise _End("again")

    async def _move(self, viewing: Viewing) -> None:
        """Until the page turns out to be slow."""
        await self._tell(kind="video", mime=viewing.mime)
        await self._give(viewing.head)
        waits: list[tuple[float, float]] = []
        while sum(waited for _, waited in waits) < SLOW_WAITED_S:
            await self._check()
            waited, now = await self._credit.enough(), self._clock.monotonic()
            waits = [one for one in waits if now - one[0] < SLOW_S] + [(now, waited)] * (waited > 0.0)
            piece = await self._do(viewing.take, TAKE_S)
            if piece is not None:
                await self._give(_bytes(piece))

    async def _stills(self, camera: str, why: str, every: float, *, seconds: float = float("inf")) -> None:
        await self._tell(kind="stills", why=why)
        until, last = self._clock.monotonic() + seconds, float("nan")
        while self._clock.monotonic() < until:
            await self._check()
            await self._credit.enough(1)
            piece = await self._do(self._cameras.still, camera)
            if piece.at != last:
                await self._give(_bytes(piece))
            last = piece.at
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), every)

    async def _check(self) -> None:
        """Now and then whether all is as it was."""
        if self._gone.is_set():
            raise WebSocketDisconnect
        if self._stop.is_set():
            raise _End("again")
        if self._clock.monotonic() - self._checked_at < CHECK_S:
            return
        self._checked_at = self._clock.monotonic()
        try:
            if not await self._do(self._may_look):
                raise _End("signed_out")
        except JournalUnavailable:
            raise _End("unavailable") from None

    async def _listen(self) -> None:
        with suppress(WebSocketDisconnect):
            async for _ in self._socket.iter_text():
                self._credit.earn()
        self._gone.set()
        self._credit.close()

    async def _do(self, work: Callable[[*Args], T], *args: *Args) -> T:
        return await to_thread.run_sync(work, *args, limiter=self._threads)

    async def _tell(self, **said: str) -> None:
        await self._socket.send_text(json.dumps(said))

    async def _give(self, data: bytes) -> None:
        self._credit.spend()
        await self._socket.send_bytes(data)


def _why(error: NoPictures) -> str:
    match error:
        case NotWatched():
            return "not_watched"
        case StreamChanged():
            return "again"
        case _:
            return "no_picture"


def _bytes(piece: Piece) -> bytes:
    return SEEN.pack(piece.at, piece.seconds) + piece.data
