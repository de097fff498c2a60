"""A stand-in for the Event Server of Milestone XProtect: plain HTTP, checks each event, and misbehaves on request."""

import socket
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from typing import Any, TypeAlias

import structlog
from lxml import etree

from vigilanza.lab.misbehaviour import CutAfterAccept, Garbage
from vigilanza.lab.stand_in import HttpServer, HttpStandIn

log = structlog.get_logger(__name__)

BODY_MAX_BYTES = 100_000
KEPT_MAX = 10_000
_NS = "{urn:milestone-systems}"


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """`name` is its Message, `source` the camera's address or GUID; `document` the bytes as they came."""

    id: str
    name: str
    source: str | None
    headers: dict[str, str]
    document: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """Answer so and keep nothing."""

    status: int
    words: bytes = b""


Act: TypeAlias = Say | Garbage | CutAfterAccept


class EventServer(HttpStandIn[Act]):
    """Use as a context manager: it serves on 127.0.0.1 in a thread of its own until the end.

    Answers as the real one: 200 and OK; 400 if the event does not fit the schema; 200 with a warning if nobody
    defined an Analytics Event of that name.
    """

    def __init__(
        self, *, defined: Collection[str], port: int = 0, on_event: Callable[[ReceivedEvent], None] | None = None
    ) -> None:
        """`defined`: the names of Analytics Events; `port` 0 takes a free one. `on_event` is called with each event
        that is kept, before the answer.
        """
        server = _Server(("127.0.0.1", port), _Answering)
        super().__init__(server, name="event server")
        server.events = self
        self._schema, self._defined, self._on_event = event_schema(), frozenset(defined), on_event
        self._received: list[ReceivedEvent] = []
        self.forgotten = 0

    @property
    def url(self) -> str:
        """Where events are to be sent."""
        return f"http://localhost:{self.port}/"

    @property
    def received(self) -> list[ReceivedEvent]:
        """What it took, in the order of arrival."""
        with self.changed:
            return list(self._received)

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Keep an event that is valid and known; status and words of the answer."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            tree = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            return 400, b"Error: not XML"
        if not self._schema.validate(tree):
            return 400, b"Error: not valid after AnalyticsEvent.xsd"
        event = ReceivedEvent(
            str(tree.findtext(f"{_NS}EventHeader/{_NS}ID")),
            str(tree.findtext(f"{_NS}EventHeader/{_NS}Message")),
            tree.findtext(f"{_NS}EventHeader/{_NS}Source/{_NS}Name") or tree.findtext(f".//{_NS}FQID/{_NS}ObjectId"),
            headers,
            body,
        )
        if event.name not in self._defined:
            return 200, b"Warning: Event message not known"
        self._keep(event)
        return 200, b"OK"

    def _keep(self, event: ReceivedEvent) -> None:
        with self.changed:
            self._received.append(event)
            if len(self._received) > KEPT_MAX:
                del self._received[0]
                self.forgotten += 1
            # Inside the lock: the callbacks come in the order of arrival.
            if self._on_event is not None:
                self._on_event(event)


def event_schema() -> etree.XMLSchema:
    """What an Event Server checks Analytics Events against."""
    return etree.XMLSchema(etree.XML((files("vigilanza.lab") / "analytics_event.xsd").read_bytes()))


class _Server(HttpServer):
    events: EventServer

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        log.debug("connection to the event server broke", client=str(client_address))


class _Answering(BaseHTTPRequestHandler):
    # As in the city: the second write must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    timeout = 30.0

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        body = self.rfile.read(min(int(self.headers.get("content-length", "0")), BODY_MAX_BYTES))
        headers = {name.lower(): value for name, value in self.headers.items()}
        act = self.server.events.next_act()
        if isinstance(act, Garbage):
            self.wfile.write(b"\x00\xff what is this\r\n\r\n")
            self.close_connection = True
            return
        if isinstance(act, Say):
            self._answer(act.status, act.words)
            return
        status, words = self.server.events.take(headers, body)
        if isinstance(act, CutAfterAccept):
            self._cut()
            return
        self._answer(status, words)

    def _cut(self) -> None:
        # Linger 0: the peer sees a reset instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, words: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, format: str, *args: object) -> None:
        log.debug("event server", line=format % args)
