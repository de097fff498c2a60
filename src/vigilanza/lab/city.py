"""A stand-in for the municipality: an HTTPS receiver that verifies, remembers and, on request, misbehaves."""

import json
import os
import socket
import ssl
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import structlog
import trustme
from standardwebhooks import Webhook, WebhookVerificationError

from vigilanza.lab.misbehaviour import (
    Act,
    AfterAccept,
    Answer,
    AnswerTwice,
    CutMidAnswer,
    CutUnheard,
    Drip,
    Endless,
    Garbage,
    Hang,
    Unaccepted,
)
from vigilanza.lab.stand_in import HttpServer, HttpStandIn

log = structlog.get_logger(__name__)

BODY_MAX_BYTES = 20_000
KEPT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class ReceivedAlert:
    """An alert at its first arrival: `id` is its webhook-id, `event` the CloudEvent's JSON, `headers` by their names in
    small letters.
    """

    id: str
    event: dict[str, Any]
    headers: dict[str, str]


class StubCity(HttpStandIn[Act]):
    """Use as a context manager: it serves in a thread of its own until the end.

    `directory` gets `ca.pem` (give it to the client as its authority) and the authority's key: a city started again
    there is trusted as before. Every signature is verified by the standardwebhooks library, with its tolerance of
    5 minutes; an id seen before is acknowledged and not kept again.
    """

    def __init__(
        self,
        *,
        directory: Path,
        secret: str,
        port: int = 0,
        on_alert: Callable[[ReceivedAlert], None] | None = None,
        certified_until: datetime | None = None,
    ) -> None:
        """`port` 0 takes a free one. `on_alert` is called once per alert, at its first arrival. Its certificate ends
        at `certified_until`, or in many years.
        """
        server = _Server(("127.0.0.1", port), _Answering)
        super().__init__(server, name="city")
        server.city, server.tls = self, _server_tls(directory, certified_until)
        self._webhook, self._on_alert = Webhook(secret), on_alert
        self.ca_file = directory / "ca.pem"
        self._received: dict[str, ReceivedAlert] = {}
        self.unverified = self.duplicates = self.contradictions = self.forgotten = 0
        """Without a valid signature; with a known alert; of these with
        other content than at first; old alerts dropped to keep at most 10,000."""

    @property
    def url(self) -> str:
        """Where alerts are to be sent."""
        return f"https://localhost:{self.port}/alerts"

    @property
    def received(self) -> list[ReceivedAlert]:
        """What arrived, each alert once, in the order of first arrival."""
        with self.changed:
            return list(self._received.values())

    def wait_for(self, count: int, timeout: float = 30.0) -> list[ReceivedAlert]:
        """What arrived, once there are at least `count`; TimeoutError if there are not in time."""
        return self._wait_for(self._received.values, count, timeout)

    def _accept(self, headers: dict[str, str], body: bytes) -> str:
        """Verify and keep; the alert's id. WebhookVerificationError or ValueError if it is none of ours."""
        try:
            self._webhook.verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            self.unverified += 1
            raise
        event = json.loads(body)
        alert = ReceivedAlert(headers["webhook-id"], event, headers)
        with self.changed:
            if alert.id in self._received:
                self.duplicates += 1
                self.contradictions += self._received[alert.id].event != event
                return alert.id
            if len(self._received) >= KEPT_MAX:
                del self._received[next(iter(self._received))]
                self.forgotten += 1
            self._received[alert.id] = alert
            # Inside the lock: the callbacks come in the order of arrival.
            if self._on_alert is not None:
                self._on_alert(alert)
            self.changed.notify_all()
        return alert.id


class _Server(HttpServer):
    city: StubCity
    tls: ssl.SSLContext

    def get_request(self) -> tuple[socket.socket, Any]:
        # The handshake comes with the first read, in the connection's own thread: a slow client holds up no other.
        plain, address = super().get_request()
        return self.tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        log.debug("connection to the city broke", why=repr(sys.exception()))


class _Answering(BaseHTTPRequestHandler):
    # Head and body are written apart: without this the second waits for the first to be acknowledged, 40 ms.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    timeout = 30.0

    @property
    def _city(self) -> StubCity:
        assert isinstance(self.server, _Server)
        return self.server.city

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", "0")), BODY_MAX_BYTES + 1))
        act = self._city.next_act()
        if isinstance(act, Answer):
            self._reply(act.status, act.body, act.headers)
        elif isinstance(act, Unaccepted):
            self._stall(act)
        else:
            self._take(act, body)

    def do_OPTIONS(self) -> None:
        """Somebody asks whether we agree to get events: yes, unless another answer, or none, is scripted."""
        act = self._city.next_act()
        if isinstance(act, Answer):
            self._reply(act.status, act.body, act.headers)
            return
        if isinstance(act, Unaccepted):
            self._stall(act)
            return
        asker = self.headers.get("webhook-request-origin", "*")
        agreed = {"allow": "POST", "webhook-allowed-origin": asker, "webhook-allowed-rate": "*"}
        self._reply(200, b"", agreed)

    def _take(self, act: AfterAccept | None, body: bytes) -> None:
        if len(body) > BODY_MAX_BYTES:
            self._reply(413, b"{}", {})
            return
        try:
            receipt = self._city._accept({name.lower(): value for name, value in self.headers.items()}, body)
        except (WebhookVerificationError, ValueError):
            self._reply(401, b'{"error":"signature"}', {})
            return
        if act is None:
            self._reply(200, json.dumps({"receipt": f"city-{receipt}"}).encode(), {})
            return
        if isinstance(act, Endless):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not self._city.closing.is_set():
                self.wfile.write(b"." * 4096)
        elif isinstance(act, CutMidAnswer):
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
        self._cut()

    def _stall(self, act: Unaccepted) -> None:
        match act:
            case Hang():
                self._city.closing.wait()
            case Drip():
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
                while not self._city.closing.wait(act.every_seconds):
                    self.wfile.write(b".")
            case Garbage():
                self.wfile.write(b"\x00\xff what is this\r\n\r\n")
            case CutUnheard():
                self._cut()
            case AnswerTwice(status):
                said = (f"HTTP/1.1 {code} x\r\ncontent-length: 2\r\n\r\n{{}}" for code in (status, 200))
                self.wfile.write("".join(said).encode())
                return
        self.close_connection = True

    def _cut(self) -> None:
        # Linger 0: the peer sees a reset instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug("city", line=format % args)


def _server_tls(directory: Path, until: datetime | None) -> ssl.SSLContext:
    directory.mkdir(parents=True, exist_ok=True)
    certificate, key = directory / "ca.pem", directory / "ca-key.pem"
    if certificate.exists() and key.exists():
        authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    else:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(certificate))
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(authority.private_key_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1", not_after=until).configure_cert(context)
    return context
