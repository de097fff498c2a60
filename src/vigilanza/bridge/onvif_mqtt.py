"""ONVIF events over MQTT in JSON (`onvif-ej`, Core specification 9.11), as an ONVIF device publishes them to a broker.

A property's state is retained, and deleted when its incident is closed. A receiver that comes late finds what is so
now, and nothing of what is over.
"""

import hashlib
import json
import re
from collections.abc import Callable

from vigilanza.bridge.address import Resolve, system_resolve
from vigilanza.bridge.mqtt_line import DEADLINE_SECONDS, Broker, MqttLine
from vigilanza.bridge.mqtt_message import MqttMessage
from vigilanza.bridge.onvif_topic import OnvifEvent, PropertyOperation, onvif_events
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.alert import TYPE_PREFIX, rfc3339
from vigilanza.domain.delivery import Alert, Destination, Receipt, SignOfLife
from vigilanza.domain.premises import Premises
from vigilanza.store.notebook import Notebook

ENDINGS = tuple(f"{TYPE_PREFIX}{verb}.v1" for verb in ("detection.ended", "camera.restored", "camera.online"))
"""Types of the alert that closes an incident."""


class OnvifMqttChannel:
    """One broker. The same messages said again change nothing.

    Alerts of different incidents may overtake each other. So it is noted which incident spoke of a property last: one
    that began earlier and is heard late does not overrule it.
    """

    def __init__(
        self,
        *,
        destination: Destination,
        broker: Broker,
        prefix: str,
        premises: Premises,
        notebook: Notebook,
        clock: Clock,
        health: Callable[[], bytes] | None = None,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`prefix` is ONVIF's TopicPrefix: all topics begin with it."""
        self._prefix, self._premises, self._notebook = prefix, premises, notebook
        self._line = MqttLine(
            name=destination.id,
            broker=broker,
            status_topic=f"{prefix}/status/{destination.id}",
            clock=clock,
            health=health,
            deadline=deadline,
            resolve=resolve,
        )

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """Publish what the alert has to tell; the receipt is the PUBACK of the last message. See `mqtt_line`.

        JournalUnavailable if the notebook is.
        """
        told = [
            (event, _message(event, self._prefix))
            for event in events_of(alert, self._premises)
            if event.operation is None or self._counts(event, alert)
        ]
        if not told:
            self._line.probe()
            return Receipt("it changes nothing, or a later incident has spoken of the same; the broker is there")
        said = self._line.deliver([message for _, message in told], transcript)
        for event, message in told:
            self._note(event, message.topic, alert)
        return Receipt(f"{said}; {len(told)} messages")

    def probe(self) -> SignOfLife:
        """A QoS 1 round trip on the status topic; says `health` too. JournalUnavailable if that is."""
        return self._line.probe()

    def close(self) -> None:
        """Leave the broker; the states stay."""
        self._line.close()

    def _counts(self, event: OnvifEvent, alert: Alert) -> bool:
        """False if a later incident has spoken of the property, or if only a word of this one could be taken back."""
        noted = self._notebook.read(_note_name(topic_of(event, self._prefix)))
        if noted is None:
            return not event.if_told
        began, _, incident = noted.partition(" ")
        return incident == str(alert.incident) or not (event.if_told or began > alert.data["first_detection"])

    def _note(self, event: OnvifEvent, topic: str, alert: Alert) -> None:
        if event.operation is None:
            return
        mine = f"{alert.data['first_detection']} {alert.incident}"
        over = event.operation is PropertyOperation.DELETED
        self._notebook.change(_note_name(topic), lambda _: None if over else mine)


def events_of(alert: Alert, premises: Premises) -> list[OnvifEvent]:
    """A decision about an incident that is over says so, and brings no state back."""
    is_over = any(earlier.type in ENDINGS for earlier in alert.earlier)
    events = onvif_events(alert.type, alert.data, premises)
    return [event for event in events if event.operation is None or not is_over]


def topic_of(event: OnvifEvent, prefix: str) -> str:
    """PREFIX/onvif-ej/TOPIC[/&SOURCE VALUES], without the namespace tns1 and without wildcards."""
    local = [step.removeprefix("tns1:") for step in event.topic.split("/")]
    source = [str(value) for _, value in event.source]
    marked = [f"&{_step(source[0])}", *map(_step, source[1:])] if source else []
    return "/".join([prefix, "onvif-ej", *map(_step, local), *marked])


def payload_of(event: OnvifEvent) -> bytes:
    """Empty for a deleted property; it has no PropertyOperation, as ONVIF wants it."""
    if event.operation is PropertyOperation.DELETED:
        return b""
    told = {"UtcTime": rfc3339(event.at), "Source": dict(event.source), "Data": dict(event.data)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _message(event: OnvifEvent, prefix: str) -> MqttMessage:
    return MqttMessage(
        topic_of(event, prefix),
        payload_of(event),
        retain=event.operation is not None,
        content_type=None if event.operation is PropertyOperation.DELETED else "application/json",
    )


def _note_name(topic: str) -> str:
    return f"state/{hashlib.sha256(topic.encode()).hexdigest()[:48]}"


def _step(name: str) -> str:
    """One level of a topic: what MQTT or ONVIF give a meaning becomes `-`, and so does what cannot be written."""
    return re.sub(r"[/#+\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "-", name)
