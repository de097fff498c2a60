"""The office: where peers bring signed Acks and Errors, and fetch what they could not be brought. HTTPS, mutual TLS.

    POST /cap               one signed CAP Ack or Error
    GET  /feed              the peer's list of messages, Atom
    GET  /cap/IDENTIFIER    one of them

Nobody without a pinned certificate gets past the TLS handshake; each sees its own messages only.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.cap_desk import CapDesk, CapPeer, ReplyRefused
from vigilanza.bridge.cap_feed import CapFeed
from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError, JournalUnavailable

log = structlog.get_logger(__name__)

BODY_MAX_BYTES = 65_536
READ_SECONDS = 10.0
LISTEN_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class CapVisitor:
    """A peer as the office serves it."""

    peer: CapPeer
    desk: CapDesk
    feed: CapFeed


class CapMetrics:
    """What the office counts; `destination` is "?" for a certificate that is nobody's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.replies = Counter(
            "vigilanza_cap_replies", "Signed answers kept", ["destination", "kind"], registry=registry
        )
        self.refused = Counter(
            "vigilanza_cap_refused", "Answers that count for nothing", ["destination", "why"], registry=registry
        )


class CapOffice:
    """Serves in the thread that calls `run`."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        certificate: Path,
        visitors: Sequence[CapVisitor],
        clock: Clock,
        metrics: CapMetrics,
        on_listening: Callable[[int], None] | None = None,
    ) -> None:
        """`certificate`: PEM with ours and its key; port 0 takes a free one; `on_listening` is told which.

        ConfigError if the certificate cannot be used.
        """
        self._host, self._port, self._clock, self._metrics = host, port, clock, metrics
        self._on_listening = on_listening
        self._visitors = {one: visitor for visitor in visitors for one in visitor.peer.verifier.fingerprints}
        self._tls = _tls(certificate, list(self._visitors))

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; a port that is taken is tried again."""
        while not stop.is_set():
            try:
                asyncio.run(self._serve(stop))
            except OSError as error:
                log.error("CAP office cannot listen", host=self._host, port=self._port, why=str(error))
                self._clock.wait(LISTEN_AGAIN_SECONDS, stop)

    async def _serve(self, stop: threading.Event) -> None:
        app = web.Application(client_max_size=BODY_MAX_BYTES)
        app.router.add_post("/cap", self._guarded(self._take))
        app.router.add_get("/feed", self._guarded(self._list))
        app.router.add_get("/cap/{identifier}", self._guarded(self._give))
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=READ_SECONDS, shutdown_timeout=1.0)
        await runner.setup()
        try:
            assert runner.server is not None
            server = await asyncio.get_running_loop().create_server(
                runner.server, self._host, self._port, ssl=self._tls, ssl_handshake_timeout=READ_SECONDS
            )
            if self._on_listening is not None:
                self._on_listening(int(server.sockets[0].getsockname()[1]))
            await asyncio.to_thread(stop.wait)
            server.close()
        finally:
            await runner.cleanup()

    def _guarded(
        self, answer: Callable[[web.Request, CapVisitor], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Only who is known is answered; whatever is refused is counted and leaves everything as it was."""

        async def answered(request: web.Request) -> web.Response:
            visitor = self._visitor(request)
            if visitor is None:
                return self._refuse("?", ReplyRefused(403, "stranger", "this certificate is not known here"))
            try:
                return await answer(request, visitor)
            except ReplyRefused as error:
                return self._refuse(visitor.peer.id, error)
            except JournalUnavailable as error:
                log.error("CAP office cannot reach the database", destination=visitor.peer.id, why=str(error))
                return self._refuse(visitor.peer.id, ReplyRefused(503, "database_away", "try again later"))

        return answered

    async def _take(self, request: web.Request, visitor: CapVisitor) -> web.Response:
        reply = await asyncio.to_thread(visitor.desk.take, await _body(request))
        self._metrics.replies.labels(visitor.peer.id, reply.kind).inc()
        log.info("CAP reply", destination=visitor.peer.id, kind=reply.kind, messages=len(reply.refers))
        return web.Response(text="kept\n")

    async def _list(self, request: web.Request, visitor: CapVisitor) -> web.Response:  # noqa: ARG002 - one signature
        page = await asyncio.to_thread(visitor.feed.page, self._clock.now())
        return web.Response(body=page, content_type="application/atom+xml")

    async def _give(self, request: web.Request, visitor: CapVisitor) -> web.Response:
        message = await asyncio.to_thread(visitor.feed.message, request.match_info["identifier"])
        if message is None:
            raise ReplyRefused(404, "unknown", "no message of yours has this identifier")
        return web.Response(body=message, content_type="application/cap+xml")

    def _visitor(self, request: web.Request) -> CapVisitor | None:
        line = None if request.transport is None else request.transport.get_extra_info("ssl_object")
        shown = None if line is None else line.getpeercert(binary_form=True)
        return None if shown is None else self._visitors.get(shown)

    def _refuse(self, destination: str, error: ReplyRefused) -> web.Response:
        self._metrics.refused.labels(destination, error.why).inc()
        log.warning("CAP office refused", destination=destination, why=error.why, told=str(error))
        return web.Response(status=error.status, text=f"{error.why}: {error}\n")


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise ReplyRefused(413, "too_large", f"at most {BODY_MAX_BYTES} bytes") from error
    except TimeoutError as error:
        raise ReplyRefused(408, "too_slow", f"not read in {READ_SECONDS:.0f} s") from error


def _tls(certificate: Path, pinned: Sequence[bytes]) -> ssl.SSLContext:
    """Each pinned certificate is trusted by itself, whoever issued it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_cert_chain(certificate)
        if pinned:
            pem = (x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM).decode() for one in pinned)
            context.load_verify_locations(cadata="".join(pem))
    except OSError as error:
        raise ConfigError(f"cap_office: the certificate cannot be used ({error.strerror})") from error
    return context
