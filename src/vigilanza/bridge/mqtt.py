"""CloudEvents 1.0 over MQTT 5 (the CloudEvents MQTT binding 1.0): one message per alert, PUBACK is its receipt.

structured    the event as JSON is the payload
binary        the event's data is the payload, its attributes are user properties
"""

import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from vigilanza.bridge.address import Resolve, system_resolve
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.mqtt_line import DEADLINE_SECONDS, Broker, MqttLine
from vigilanza.bridge.mqtt_message import MqttMessage
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.alert import TYPE_PREFIX
from vigilanza.domain.delivery import Alert, Destination, Receipt, SignOfLife

STRUCTURED_TYPE = "application/cloudevents+json; charset=utf-8"


class Mode(StrEnum):
    """Of the binding, chapter 3."""

    STRUCTURED = "structured"
    BINARY = "binary"


class MqttChannel:
    """One broker. The receiver knows an alert by the event's `id`."""

    def __init__(
        self,
        *,
        destination: Destination,
        broker: Broker,
        mode: Mode,
        site: str,
        clock: Clock,
        health: Callable[[], bytes] | None = None,
        require_subscriber: bool = True,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`require_subscriber`: a broker that has nobody to give the alert to is as good as away."""
        self._mode, self._site, self._require_subscriber = mode, site, require_subscriber
        self._line = MqttLine(
            name=destination.id,
            broker=broker,
            status_topic=status_topic(site, destination.id),
            clock=clock,
            health=health,
            deadline=deadline,
            resolve=resolve,
        )

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """Publish with QoS 1 and wait for the PUBACK, at most the deadline in all; see `mqtt_line`."""
        message = message_of(alert, site=self._site, mode=self._mode, needs_subscriber=self._require_subscriber)
        return Receipt(f"{self._line.deliver([message], transcript)}; {message.topic}")

    def probe(self) -> SignOfLife:
        """A QoS 1 round trip on the status topic; says `health` too. JournalUnavailable if that is."""
        return self._line.probe()

    def close(self) -> None:
        """Leave the broker."""
        self._line.close()


def status_topic(site: str, destination: str) -> str:
    """Where `online` or `offline` stands, retained: a topic for each destination, or the end of one line would be told
    as that of another at the same broker.
    """
    return f"vigilanza/v1/{site}/status/{destination}"


def topic_of(alert_type: str, site: str) -> str:
    """E.g. vigilanza/v1/0423/detection.raised for it.aler.vigilanza.detection.raised.v1."""
    verb, _, version = alert_type.removeprefix(TYPE_PREFIX).rpartition(".")
    return f"vigilanza/{version}/{site}/{verb}"


def message_of(alert: Alert, *, site: str, mode: Mode, needs_subscriber: bool) -> MqttMessage:
    """The same alert always gives the same message.

    It expires when the police can no longer act at once: `expirytime` says when, and the interval counts from the
    alert's own time to it, so that it is the same at every attempt.
    """
    event = json.loads(encode_alert(alert, site=site))
    until = alert.data.get("flagrante_until")
    expires_in = None
    if until is not None:
        event["expirytime"] = until
        expires_in = max(1, round(datetime.fromisoformat(until).timestamp() - alert.at))
    topic = topic_of(alert.type, site)
    if mode is Mode.STRUCTURED:
        return MqttMessage(
            topic,
            _json(event),
            content_type=STRUCTURED_TYPE,
            expires_in=expires_in,
            needs_subscriber=needs_subscriber,
        )
    data, content_type = event.pop("data"), event.pop("datacontenttype")
    return MqttMessage(
        topic,
        _json(data),
        content_type=content_type,
        attributes=tuple(event.items()),
        expires_in=expires_in,
        needs_subscriber=needs_subscriber,
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
