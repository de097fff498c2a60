"""A line to an MQTT 5 broker: to a pinned address, over TLS, every attempt within one deadline.

What an answer means:

PUBACK success              receipt: the broker has it
PUBACK no matching subscribers      unavailable if the message is for somebody: the broker kept it for nobody
not authorised, bad user name or password, topic name invalid, payload format invalid, packet too large    refused
quota exceeded, busy, shutting down, unspecified, no answer, TLS failure, name not resolved      unavailable
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from vigilanza.bridge.address import Resolve, is_allowed, pin_addresses, system_resolve
from vigilanza.bridge.mqtt_connection import Introduction, MqttConnection
from vigilanza.bridge.mqtt_message import MqttMessage
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.delivery import SignOfLife
from vigilanza.domain.errors import ChannelError, ChannelRefused, ChannelUnavailable, ConfigError

log = structlog.get_logger(__name__)

DEADLINE_SECONDS = 10.0
"""For a whole attempt, from the name's resolution to the last PUBACK."""
PORTS = {"mqtts": 8883, "mqtt": 1883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are there. `ca_file`: trust this authority instead of the system's;
    `client_certificate`: PEM with key, for mTLS; `plain`: without TLS on purpose.
    """

    url: str
    client_id: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    client_certificate: Path | None = None
    allow_loopback: bool = False
    plain: bool = False


class MqttLine:
    """Held open between attempts, and opened again by the attempt or probe after it broke."""

    def __init__(
        self,
        *,
        name: str,
        broker: Broker,
        status_topic: str,
        clock: Clock,
        health: Callable[[], bytes] | None = None,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`name` begins every error. `status_topic` says, retained, `online` or `offline`; below it `health`, JSON, is
        said with every probe.

        ConfigError if the URL or a file cannot be used.
        """
        self._name, self._clock, self._deadline, self._resolve = name, clock, deadline, resolve
        self._host, self._port, self._tls = _checked(name, broker)
        self._allow_loopback = broker.allow_loopback
        self._introduction = Introduction(broker.client_id, status_topic, broker.user, broker.password)
        self._birth = MqttMessage(status_topic, b"online", retain=True)
        self._health, self._health_refused = health, False
        self._open: MqttConnection | None = None

    def deliver(self, messages: Sequence[MqttMessage], transcript: Transcript) -> str:
        """Publish all, one after the other; the broker's words to the last. See the table above."""
        deadline = self._clock.monotonic() + self._deadline
        said = ""
        try:
            connection = self._connection(deadline)
            for message in messages:
                transcript.sent(message.wire())
                said = connection.publish(message, deadline)
        except ChannelError as error:
            transcript.heard(str(error))
            self._drop_if_waiting()
            raise
        transcript.heard(said)
        return said

    def probe(self) -> SignOfLife:
        """Say `online` once more and how we stand; the broker has it then. JournalUnavailable if `health` is."""
        began = self._clock.monotonic()
        deadline = began + self._deadline
        try:
            connection = self._connection(deadline)
            began = self._clock.monotonic()
            connection.publish(self._birth, deadline)
            sign = SignOfLife(self._clock.monotonic() - began, connection.certificate_until())
            self._say_health(connection, deadline)
        except ChannelError:
            self._drop_if_waiting()
            raise
        return sign

    def close(self) -> None:
        """Leave the broker: it tells everybody `offline`."""
        if self._open is not None:
            self._open.leave()
            self._open = None

    def _say_health(self, connection: MqttConnection, deadline: float) -> None:
        if self._health is None:
            return
        topic = health_topic(self._birth.topic)
        message = MqttMessage(topic, self._health(), retain=True, content_type="application/json")
        try:
            connection.publish(message, deadline)
        except ChannelRefused as error:
            # Alerts get through all the same: said once, and tried again.
            if not self._health_refused:
                log.warning("the broker does not let us say how we stand", destination=self._name, why=str(error))
            self._health_refused = True
        else:
            self._health_refused = False

    def _drop_if_waiting(self) -> None:
        """A broker that says no to a message is still there; one that gave no answer may not be."""
        if self._open is not None and self._open.waits:
            self._open.drop()
            self._open = None

    def _connection(self, deadline: float) -> MqttConnection:
        if self._open is not None and not self._open.is_alive():
            self._open.drop()
            self._open = None
        if self._open is None:
            self._open = self._connect(deadline)
            try:
                self._open.publish(self._birth, deadline)
            except ChannelRefused as error:
                # An alert is not held up because the broker lets us say nothing else; the probe will tell.
                log.warning("the status is not let through", destination=self._name, why=str(error))
        return self._open

    def _connect(self, deadline: float) -> MqttConnection:
        """The first address that takes a connection is the one that is asked."""
        addresses = pin_addresses(
            self._host, self._port, resolve=self._resolve, allow_loopback=self._allow_loopback, timeout=self._deadline
        )
        failure: ChannelUnavailable | None = None
        for number, address in enumerate(addresses):
            left = max(0.1, deadline - self._clock.monotonic())
            connection = MqttConnection(
                name=self._name, introduction=self._introduction, tls=self._tls, clock=self._clock
            )
            try:
                connection.open(address, self._port, patience=left / (2 * (len(addresses) - number)), deadline=deadline)
            except ChannelUnavailable as error:
                connection.drop()
                failure = error
            except ChannelRefused:
                connection.drop()
                raise
            else:
                return connection
        raise failure or ChannelUnavailable(f"{self._name}: no address")


def health_topic(status_topic: str) -> str:
    """Below the status, so that whoever may read or write the one may the other."""
    return f"{status_topic}/health"


class _NamedTls(ssl.SSLContext):
    """Asks for the certificate of the broker's name, although the connection goes to a pinned address."""

    name = ""

    def wrap_socket(self, sock: socket.socket, *args: Any, **keys: Any) -> ssl.SSLSocket:
        # With the handshake, which closes the socket if it fails; paho's own, afterwards, has nothing left to do.
        own = {"server_hostname": self.name, "do_handshake_on_connect": True}
        return super().wrap_socket(sock, *args, **{**keys, **own})


def _checked(name: str, broker: Broker) -> tuple[str, int, ssl.SSLContext | None]:
    """Host, port and TLS. The URL is not repeated in any message."""
    try:
        parts = urlsplit(broker.url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{name}: not a URL") from error
    if parts.scheme not in PORTS or not host:
        raise ConfigError(f"{name}: the URL must begin with mqtts:// and name a host")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(f"{name}: a broker's URL is mqtts://HOST:PORT and nothing else")
    if parts.scheme == "mqtt" and not (broker.plain or broker.allow_loopback):
        raise ConfigError(f"{name}: mqtt:// is not encrypted: mqtts://, or plain on purpose")
    try:
        if not is_allowed(host, allow_loopback=broker.allow_loopback):
            raise ConfigError(f"{name}: {host} is not an address a broker can have")
    except ValueError:
        pass  # a name: checked whenever it is resolved
    tls = _tls(name, host, broker) if parts.scheme == "mqtts" else None
    return host, port or PORTS[parts.scheme], tls


def _tls(name: str, host: str, broker: Broker) -> ssl.SSLContext:
    context = _NamedTls(ssl.PROTOCOL_TLS_CLIENT)
    context.name = host
    try:
        if broker.ca_file is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(broker.ca_file)
        if broker.client_certificate is not None:
            context.load_cert_chain(broker.client_certificate)
    except OSError as error:
        raise ConfigError(f"{name}: a certificate file cannot be used ({error.strerror})") from error
    return context
