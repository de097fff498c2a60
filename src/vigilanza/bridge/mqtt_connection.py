"""One MQTT 5 connection, driven by whoever calls: no thread, no queue, no reconnecting behind the caller's back."""

import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from paho.mqtt import MQTTException
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from vigilanza.bridge.mqtt_message import MqttMessage, new_properties
from vigilanza.bridge.mqtt_reason import FAILURE, NO_MATCHING_SUBSCRIBERS, failure_of
from vigilanza.bridge.transcript import printable
from vigilanza.clock import Clock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

KEEP_ALIVE_SECONDS = 120
"""Idle lines are probed every 60 s. A machine that is cut off is told `offline` one and a half times this later."""
SESSION_SECONDS = 86_400
_STEP_SECONDS = 1.0
_WITH_WILL = 0x04
_HEADER_MAX_BYTES = 7
"""Fixed header and packet number."""
_BROKEN = (OSError, MQTTException, ValueError, struct.error, IndexError, KeyError, TypeError)
"""What paho raises when the peer goes away, or says what is not MQTT."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who we are to the broker: `status_topic` gets the will, retained, and the birth."""

    client_id: str
    status_topic: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class MqttConnection:
    """Opened by `open`; after any error `drop` it. `name` begins every error; `deadline` is in monotonic seconds."""

    def __init__(self, *, name: str, introduction: Introduction, tls: ssl.SSLContext | None, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self.waits = False
        """Something was sent that has no answer: the line is of no more use."""
        self._greeting: tuple[ReasonCode, Properties] | None = None
        self._parting: ReasonCode | None = None
        self._acknowledged: dict[int, tuple[ReasonCode, Properties]] = {}
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=introduction.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if tls is not None:
            client.tls_set_context(tls)
        if introduction.user is not None:
            client.username_pw_set(introduction.user, introduction.password)
        client.will_set(introduction.status_topic, b"offline", qos=1, retain=True)
        client.on_connect, client.on_disconnect, client.on_publish = self._greeted, self._parted, self._published

    def open(self, address: str, port: int, *, patience: float, deadline: float) -> None:
        """Connect to `address`, with at most `patience` seconds each for TCP and for TLS, and be let in."""
        session = new_properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = SESSION_SECONDS
        self._client.connect_timeout = patience
        try:
            self._client.connect(address, port, KEEP_ALIVE_SECONDS, clean_start=False, properties=session)
        except _BROKEN as error:
            raise ChannelUnavailable(f"{self._name}: {type(error).__name__}: {error}") from error
        self._drive(lambda: self._greeting is not None, deadline, "CONNACK")
        assert self._greeting is not None
        reason, properties = self._greeting
        if reason.value >= FAILURE:
            raise failure_of(f"{self._name}: CONNACK", reason.value, _words(reason, properties))
        if getattr(properties, "MaximumQoS", 1) < 1:
            raise ChannelRefused(f"{self._name}: the broker takes no QoS 1, so it would give no receipts")

    def publish(self, message: MqttMessage, deadline: float) -> str:
        """The broker's words when it has the message. ChannelUnavailable or ChannelRefused otherwise."""
        self._check_size(message)
        self._acknowledged.clear()
        self.waits = True
        try:
            sent = self._client.publish(
                message.topic, message.payload, qos=1, retain=message.retain, properties=message.properties()
            )
        except _BROKEN as error:
            raise ChannelUnavailable(f"{self._name}: {type(error).__name__}: {error}") from error
        self._drive(lambda: sent.mid in self._acknowledged, deadline, "PUBACK")
        self.waits = False
        reason, properties = self._acknowledged[sent.mid]
        said = f"{self._name}: {message.topic}: PUBACK"
        if reason.value >= FAILURE:
            raise failure_of(said, reason.value, _words(reason, properties))
        if reason.value == NO_MATCHING_SUBSCRIBERS and message.needs_subscriber:
            raise ChannelUnavailable(f"{said}: nobody is subscribed, so nobody has it")
        return f"PUBACK 0x{reason.value:02X} {_words(reason, properties)}"

    def is_alive(self) -> bool:
        """False if the broker is known to be gone: whatever it said meanwhile is read."""
        try:
            return all(self._client.loop(0.0) is MQTTErrorCode.MQTT_ERR_SUCCESS for _ in range(2))
        except _BROKEN:
            return False

    def certificate_until(self) -> float | None:
        """How long the broker's certificate is good for, UTC in Unix seconds; None without TLS."""
        line = self._client.socket()
        if not isinstance(line, ssl.SSLSocket):
            return None
        return float(ssl.cert_time_to_seconds(str((line.getpeercert() or {})["notAfter"])))

    def leave(self) -> None:
        """Say goodbye so that the broker tells everybody `offline`, and close."""
        # If this fails, the broker notices by itself.
        with suppress(*_BROKEN):
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_WITH_WILL))
        self.drop()

    def drop(self) -> None:
        """Close without a word: the broker tells everybody `offline`."""
        client, line = self._client, self._client.socket()
        client.on_connect = client.on_disconnect = client.on_publish = None
        if line is not None:
            line.close()

    def _drive(self, done: Callable[[], bool], deadline: float, awaited: str) -> None:
        while not done():
            left = deadline - self._clock.monotonic()
            if left <= 0.0:
                raise ChannelUnavailable(f"{self._name}: no {awaited} in time")
            try:
                result = self._client.loop(min(left, _STEP_SECONDS))
            except _BROKEN as error:
                raise ChannelUnavailable(f"{self._name}: {type(error).__name__}: {error}") from error
            if result is not MQTTErrorCode.MQTT_ERR_SUCCESS and not done():
                raise self._lost(awaited, result)

    def _lost(self, awaited: str, result: MQTTErrorCode) -> ChannelRefused | ChannelUnavailable:
        if self._parting is not None and self._parting.value >= FAILURE:
            return failure_of(f"{self._name}: DISCONNECT", self._parting.value, str(self._parting))
        return ChannelUnavailable(f"{self._name}: the connection broke before the {awaited} ({result.name})")

    def _check_size(self, message: MqttMessage) -> None:
        assert self._greeting is not None
        most = getattr(self._greeting[1], "MaximumPacketSize", None)
        size = len(message.wire()) + _HEADER_MAX_BYTES
        if most is not None and size > most:
            raise ChannelRefused(f"{self._name}: the message has {size} bytes, the broker takes {most}")

    def _greeted(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._greeting = (reason, properties or new_properties(PacketTypes.CONNACK))

    def _parted(
        self, _client: Client, _data: object, flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._parting = reason

    def _published(
        self, _client: Client, _data: object, number: int, reason: ReasonCode, properties: Properties
    ) -> None:
        self._acknowledged[number] = (reason, properties)


def _words(reason: ReasonCode, properties: Properties) -> str:
    """The code's name, and what the broker adds in its own words."""
    added = getattr(properties, "ReasonString", "")
    return printable(f"{reason.getName()} {added}".strip())
