"""The device itself: one HTTP server, TLS unless it is expressly plain, that answers SOAP."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.onvif_device.analytics import AnalyticsService
from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.device import DeviceService
from vigilanza.bridge.onvif_device.deviceio import DeviceIoService
from vigilanza.bridge.onvif_device.door import Doorkeeper
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_device.events import EventService
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.media import SNAPSHOTS, MediaService
from vigilanza.bridge.onvif_device.media2 import Media2Service
from vigilanza.bridge.onvif_device.newsroom import Newsroom
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.reception import Reception
from vigilanza.bridge.onvif_device.service import Answer, Answered, Service
from vigilanza.bridge.onvif_device.snapshots import Snapshots
from vigilanza.bridge.onvif_device.soap import REQUEST_MAX_BYTES, Fault, Request, answer, fault, not_supported
from vigilanza.bridge.onvif_device.stills import Stills
from vigilanza.bridge.onvif_device.topics import Topics
from vigilanza.bridge.onvif_device.video import Video
from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.feed import Feed

log = structlog.get_logger(__name__)

BODY_WITHIN_S = 10.0
LISTEN_AGAIN_S = 5.0
KEEP_S = 75.0
"""A connection over which nothing is asked for so long is closed."""
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")


class OnvifDevice:
    """One site; it answers while `run` runs."""

    def __init__(
        self,
        *,
        place: Place,
        video: Video,
        feed: Feed,
        passwords: Mapping[str, str],
        listening: Listening,
        clock: Clock,
        registry: CollectorRegistry,
        guesses: Guesses,
        skew: float = 60.0,
        brokers: Sequence[EventBroker] = (),
        stills: Stills | None = None,
        discoverable: bool = False,
        on_listening: Callable[[int], None] | None = None,
    ) -> None:
        """`passwords` by account; `skew`: seconds a UsernameToken may be off our clock; `brokers` hear the same;
        without `stills` there are none; `discoverable`: an Announcer tells of it; `on_listening` is told the port;
        wrong passwords are noted with `guesses`. ConfigError if a certificate file cannot be used.
        """
        self._place, self._video, self._brokers, self._clock = place, video, brokers, clock
        self._accounts, self._discoverable = tuple(passwords), discoverable
        self._tls = listening.tls("onvif_device")
        self._door = Doorkeeper(passwords=passwords, skew=skew, clock=clock, registry=registry, guesses=guesses)
        self._guesses = guesses
        self._snapshots = (
            None if stills is None else Snapshots(place=place, stills=stills, door=self._door, registry=registry)
        )
        self._answered = Counter(
            "vigilanza_onvif_answers", "Answers of the ONVIF device by HTTP status", ["status"], registry=registry
        )
        self._reception = Reception(registry=registry)
        newsroom = Newsroom(feed=feed, topics=Topics(place), clock=clock, registry=registry)
        self._newsroom = newsroom
        self._operations: Mapping[str, Answer] = {
            name: operation for service in self._services(newsroom) for name, operation in service.operations.items()
        }
        self._listening, self._on_listening = listening, on_listening
        self.port = listening.port
        """Where it listens, or will."""

    @property
    def operations(self) -> frozenset[str]:
        """All that is answered, as prefix:Name with a prefix of NAMESPACES."""
        return frozenset(self._operations)

    def run(self, stop: threading.Event) -> None:
        """Answer until `stop` is set; then pulls under way are cut off. A port that is taken is tried again."""
        host = self._listening.host
        while not stop.is_set():
            try:
                line = socket.create_server((host, self._listening.port))
            except OSError as error:
                log.error("ONVIF device cannot listen", host=host, port=self._listening.port, why=error.strerror)
                self._clock.wait(LISTEN_AGAIN_S, stop)
                continue
            self.port = int(line.getsockname()[1])
            if self._on_listening is not None:
                self._on_listening(self.port)
            with line:  # also if the end comes before the first connection could
                asyncio.run(self._serve(line, stop))
        if self._snapshots is not None:
            self._snapshots.close()

    async def _serve(self, line: socket.socket, stop: threading.Event) -> None:
        app = web.Application(client_max_size=REQUEST_MAX_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # Who hangs up ends his pull: else the next one would find the subscription occupied.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, keepalive_timeout=KEEP_S, shutdown_timeout=1.0
        )
        await runner.setup()
        assert runner.server is not None
        receiving = asyncio.create_task(self._reception.receive(line, self._tls, runner.server))
        log.info("ONVIF device is up", port=self.port, tls=self._tls is not None)
        reading, writing = asyncio.create_task(self._newsroom.run()), asyncio.create_task(self._guesses.keep())
        while not stop.is_set() and not reading.done() and not receiving.done():
            await asyncio.sleep(0.05)
        receiving.cancel()
        await runner.cleanup()
        for task in (receiving, reading, writing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        with suppress(JournalUnavailable):
            self._guesses.write(all_of_them=True)

    def _services(self, newsroom: Newsroom) -> list[Service]:
        place, video, clock, accounts = self._place, self._video, self._clock, self._accounts
        identity = Identity.of(place, streams=video.streams, discoverable=self._discoverable)
        capabilities = Capabilities(
            place=place,
            video=video,
            users=len(accounts),
            stills=self._snapshots is not None,
            discoverable=self._discoverable,
        )
        return [
            DeviceService(place=place, identity=identity, capabilities=capabilities, accounts=accounts, clock=clock),
            MediaService(place=place, video=video, capabilities=capabilities),
            Media2Service(place=place, video=video, capabilities=capabilities),
            DeviceIoService(place=place, capabilities=capabilities),
            AnalyticsService(place=place, capabilities=capabilities),
            EventService(newsroom=newsroom, capabilities=capabilities, brokers=self._brokers, clock=clock),
        ]

    async def _handle(self, asked: web.Request) -> web.StreamResponse:
        answered: Answered | None = None
        self._reception.heard(asked.transport)
        if self._snapshots is not None and asked.path.startswith(SNAPSHOTS):
            return await self._send(asked, await self._snapshots.show(asked), None)
        if asked.method != "POST" or not asked.path.startswith("/onvif/"):
            return web.Response(status=405 if asked.path.startswith("/onvif/") else 404)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                raw = await asked.read()
        except TimeoutError:
            return web.Response(status=408)
        message_id = ""
        try:
            request = Request.parse(raw, path=asked.path, base=self._base(asked))
            message_id = request.message_id
            if (refusal := self._refuse(asked, request)) is not None:
                return await self._send(asked, refusal, None)
            answered = await self._answer(request)
            body = answer(answered.body, action=answered.action, relates_to=message_id)
            response = _soap(body, 200, answered.action)
        except Fault as error:
            response = _soap(fault(error, relates_to=message_id), error.status)
        return await self._send(asked, response, answered)

    async def _answer(self, request: Request) -> Answered:
        operation = self._operations.get(request.operation)
        if operation is None:
            raise not_supported(request.operation)
        try:
            return await operation(request)
        except JournalUnavailable as error:
            raise Fault("ter:OutofMemory", "the journal is away, try again", receiver=True, status=503) from error

    def _refuse(self, asked: web.Request, request: Request) -> web.Response | None:
        admission = self._door.admit(
            request,
            authorization=asked.headers.get("authorization", ""),
            method=asked.method,
            target=asked.raw_path,
            peer=asked.remote or "",
        )
        if admission.granted:
            return None
        said = "too many wrong passwords, wait" if admission.shut else "who are you?"
        status = 429 if admission.shut else 401
        response = _soap(fault(Fault("ter:NotAuthorized", said, status=status), relates_to=request.message_id), status)
        if admission.shut:
            response.headers["Retry-After"] = "60"
        for challenge in admission.challenges:
            response.headers.add("WWW-Authenticate", challenge)
        return response

    async def _send(self, asked: web.Request, response: web.Response, answered: Answered | None) -> web.StreamResponse:
        self._answered.labels(str(response.status)).inc()
        try:
            await response.prepare(asked)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            if answered is not None and answered.unsent is not None:
                answered.unsent()
            raise
        return response

    def _base(self, asked: web.Request) -> str:
        """Scheme and host as the asker sees us (ONVIF core 5.9: addresses match those of the request)."""
        host = asked.host if _HOST.fullmatch(asked.host) else f"localhost:{self.port}"
        return f"{'http' if self._tls is None else 'https'}://{host}"


def _soap(body: bytes, status: int, action: str = "") -> web.Response:
    kind = "application/soap+xml; charset=utf-8" + (f'; action="{action}"' if action else "")
    return web.Response(body=body, status=status, headers={"Content-Type": kind})
