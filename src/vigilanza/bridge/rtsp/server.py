"""The video server: who may connect, how many, and until when."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.rtsp.conversation import Conversation, House
from vigilanza.bridge.rtsp.credentials import Account
from vigilanza.bridge.rtsp.figures import VideoFigures
from vigilanza.bridge.rtsp.programme import Studio, Viewings
from vigilanza.bridge.rtsp.request import HEAD_MAX_BYTES
from vigilanza.bridge.throttle import Throttle
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable

log = structlog.get_logger(__name__)

CONNECTIONS_MAX = 512
CONNECTIONS_OF_ONE_MAX = 256
"""From one address: a VMS watches many cameras, each on a line of its own."""
HANDSHAKE_S = 10.0
LISTEN_AGAIN_S = 5.0


class VideoServer:
    """Shows the cameras of a studio at rtsp(s)://HOST:PORT/CAMERA while `run` runs."""

    def __init__(
        self,
        *,
        studio: Studio,
        accounts: Sequence[Account],
        viewings: Viewings,
        guesses: Guesses,
        listening: Listening,
        clock: Clock,
        registry: CollectorRegistry,
        on_listening: Callable[[int], None] = lambda port: None,  # noqa: ARG005 - nobody asks
    ) -> None:
        """`on_listening` is told the port; wrong passwords are noted with `guesses`.

        ConfigError if a certificate file cannot be used.
        """
        self._tls, self._listening, self._clock = listening.tls("video"), listening, clock
        self._figures = VideoFigures(registry)
        throttle = Throttle(clock=clock, refused=self._figures.refused)
        named = {account.name: account for account in accounts}
        self._house = House(studio, named, viewings, throttle, guesses, self._figures, clock)
        self._on_listening = on_listening
        self._talking: set[asyncio.Task[None]] = set()
        self._from: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; then all lines are cut. A port that is taken is tried again."""
        while not stop.is_set():
            try:
                line = socket.create_server((self._listening.host, self._listening.port))
            except OSError as error:
                log.error("video cannot listen", port=self._listening.port, why=error.strerror)
                self._clock.wait(LISTEN_AGAIN_S, stop)
                continue
            self._on_listening(int(line.getsockname()[1]))
            with line:
                asyncio.run(self._serve(line, stop))

    async def _serve(self, line: socket.socket, stop: threading.Event) -> None:
        handshake = None if self._tls is None else HANDSHAKE_S
        server = await asyncio.start_server(
            self._welcome, sock=line, ssl=self._tls, ssl_handshake_timeout=handshake, limit=HEAD_MAX_BYTES
        )
        log.info("video is up", port=line.getsockname()[1], tls=self._tls is not None)
        writing = asyncio.create_task(self._house.guesses.keep())
        async with server:
            while not stop.is_set():
                await asyncio.sleep(0.05)
            ending = {writing, *self._talking}
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        with suppress(JournalUnavailable):
            self._house.guesses.write(all_of_them=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str(writer.get_extra_info("peername")[0])
        if len(self._talking) >= CONNECTIONS_MAX or self._from[peer] >= CONNECTIONS_OF_ONE_MAX:
            self._figures.refused.labels("full").inc()
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        self._from[peer] += 1
        host = str(writer.get_extra_info("sockname")[0])
        try:
            await Conversation(self._house, reader, writer, peer=peer, host=host).run()
        finally:
            writer.close()
            self._talking.discard(task)
            self._from[peer] -= 1
            if not self._from[peer]:
                del self._from[peer]
