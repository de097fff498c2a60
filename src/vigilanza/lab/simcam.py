"""A simulated camera server: video files as endless RTSP streams, with faults on demand."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Literal, TypeVar

from vigilanza.bridge.rtsp.rtp import RtpSender
from vigilanza.clock import Clock, SystemClock
from vigilanza.lab.digest import Digest
from vigilanza.lab.faults import Faults
from vigilanza.lab.footage import Ending, Footage
from vigilanza.lab.listening import stop_listening
from vigilanza.lab.rtsp import Conversation, Send
from vigilanza.lab.sound import Sound
from vigilanza.lab.viewer import Viewer

_LATENESS = 0.02
"""Seconds after which a picture is too old to be a new viewer's first."""
T = TypeVar("T")


class CameraServer:
    """Serves `streams` (path → file) on `host`:`port` (0: a free one) from `with` to the end of it, in its own thread.

    All streams and viewers share one clock: second 0 of every file is shown at `started_at`, which is when the server
    began (or its first PLAY came, with `begin="first_play"`) minus `offset` seconds; a viewer joins the running scene,
    perhaps in the middle of a group of pictures, as with a real camera. With an `offset` below 0 the first `still_s`
    seconds are repeated until second 0 has come. `ending` says what follows the last picture; see Footage.schedule.
    A camera is an outside device, so it may have a clock of its own (`clock`, else the machine's). With `tls` it speaks
    RTSPS.
    """

    def __init__(
        self,
        streams: Mapping[str, Path],
        *,
        clock: Clock | None = None,
        user: str | None = None,
        password: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        begin: Literal["start", "first_play"] = "start",
        offset: float = 0.0,
        ending: Ending = "loop",
        still_s: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        """(method, url) of the last 1000 requests answered."""
        self.connections: list[float] = []
        """When the last 1000 connections came, Clock.monotonic()."""
        self._footage = {path: Footage.load(file) for path, file in streams.items()}
        self._clock, self._host, self._port = clock or SystemClock(), host, port
        self._digest = Digest(user, password or "") if user else None
        self._begin, self._offset, self._ending, self._still_s, self._tls = begin, offset, ending, still_s, tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated camera", daemon=True)
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._clients: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._started: tuple[float, float] | None = None  # (monotonic, UTC) of second 0
        self._random = Random(0)

    def __enter__(self) -> "CameraServer":
        self._thread.start()
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        if self._held is not None:
            self._held.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        """The port it listens on; stays the same over `unplug` and `plug_in`."""
        return self._port

    @property
    def started_at(self) -> float | None:
        """UTC, Unix seconds at which second 0 of the files is (was) shown; None before the first PLAY."""
        return None if self._started is None else self._started[1]

    def url(self, path: str) -> str:
        """Address of one stream, without credentials."""
        return f"{'rtsps' if self._tls else 'rtsp'}://{self._host}:{self._port}{path}"

    def cut(self) -> None:
        """Break all connections now; new ones are accepted."""
        self._do(self._cut)

    def unplug(self) -> None:
        """Break all connections and refuse new ones."""
        self._do(self._close)

    def plug_in(self) -> None:
        """Listen (again), if it does not."""
        self._do(self._listen)

    def show(self, path: str, file: Path) -> None:
        """From the next key frame on the stream is another one: other parameter sets, size, rate, group of pictures.

        RecordingError if the file cannot be sent. If its codec is another one the viewers are cut off, as when a camera
        is set up anew.
        """
        footage = Footage.load(file)

        async def replace() -> None:
            other = self._footage[path].codec != footage.codec
            self._footage[path] = footage
            if other:
                await self._cut()

        self._do(replace)

    def set_password(self, password: str) -> None:
        """New connections need this password (and the user given at the beginning)."""
        if self._digest is not None:
            self._digest = Digest(self._digest.user, password)

    def _do(self, action: Callable[[], Awaitable[T]]) -> T:
        async def awaited() -> T:
            return await action()

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()

    async def _listen(self) -> None:
        if self._server is not None:
            return
        held, self._held = self._held or self._hold(), None
        self._server = await asyncio.start_server(self._converse, sock=held, ssl=self._tls)
        if self._begin == "start" and self._started is None:
            self._start()

    async def _close(self) -> None:
        if self._server is not None:
            await stop_listening(self._server)
            self._server = None
            self._held = self._hold()
        await self._cut()

    def _hold(self) -> socket.socket:
        """Keep the port without listening: connections are refused, and nobody else can take it meanwhile."""
        held = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((self._host, self._port))
        except OSError:
            held.close()
            raise
        self._port = held.getsockname()[1]
        return held

    async def _cut(self) -> None:
        clients = list(self._clients.items())
        for writer, _ in clients:
            writer.transport.abort()  # each conversation then ends by itself
        await asyncio.gather(*(task for _, task in clients), return_exceptions=True)

    def _start(self) -> None:
        self._started = (self._clock.monotonic() - self._offset, self._clock.now() - self._offset)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._clients[writer] = task
        self.connections.append(self._clock.monotonic())
        del self.connections[:-1000]
        playing: list[asyncio.Task[None]] = []

        def play(path: str, send: Send, sound: bool) -> None:
            playing.append(asyncio.create_task(self._play(path, send, writer, Sound() if sound else None)))

        conversation = Conversation(
            writer=writer,
            streams=self._footage,
            digest=self._digest,
            faults=self.faults,
            host=self._host,
            on_play=play,
            asked=self._note,
        )
        try:
            await conversation.run(reader)
        finally:
            for player in playing:
                player.cancel()
            await asyncio.gather(*playing, return_exceptions=True)
            self._clients.pop(writer, None)
            writer.close()

    def _note(self, method: str, url: str) -> None:
        self.requests.append((method, url))
        del self.requests[:-1000]

    async def _play(self, path: str, send: Send, writer: asyncio.StreamWriter, sound: Sound | None) -> None:
        if self._started is None:
            self._start()
        assert self._started is not None
        sender = RtpSender(self._footage[path].codec, "sim", Random(self._random.random()))
        viewer = Viewer(sender, send, self.faults, sound=sound)
        changed = False
        while not writer.is_closing():
            footage = self._footage[path]
            await self._show(footage, viewer, writer, path, whole=changed)
            if self._footage[path] is footage:
                writer.close()
            changed = True

    async def _show(
        self, footage: Footage, viewer: Viewer, writer: asyncio.StreamWriter, path: str, *, whole: bool
    ) -> None:
        """Until the footage ends, is replaced, or nobody looks; `whole`: from the next key frame on."""
        assert self._started is not None
        zero, zero_utc = self._started
        since = self._clock.monotonic() - zero
        position = max(since - _LATENESS, min(0.0, since))
        viewer.still = next(unit for unit in footage.units if unit.is_keyframe)
        for shift, unit in footage.schedule(position, self._ending, still_s=self._still_s):
            due = zero + shift + unit.dts
            await asyncio.sleep(max(0.0, due - self._clock.monotonic()))
            if writer.is_closing() or self._footage[path] is not footage:
                return
            if whole and not unit.is_keyframe:
                continue
            whole = False
            viewer.give(unit, due=due, at=shift + unit.pts, zero_utc=zero_utc)
            await writer.drain()
