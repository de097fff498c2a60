"""One message as it is published: the same at every attempt."""

from dataclasses import dataclass

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """Published with QoS 1. `attributes` become user properties in their order; `expires_in` is in whole seconds.

    `needs_subscriber`: a broker that says that nobody has subscribed to it has not brought it to anybody.
    """

    topic: str
    payload: bytes
    retain: bool = False
    content_type: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    expires_in: int | None = None
    needs_subscriber: bool = False

    def properties(self) -> Properties:
        """As paho wants them."""
        properties = new_properties(PacketTypes.PUBLISH)
        if self.content_type is not None:
            properties.ContentType = self.content_type
        if self.attributes:
            properties.UserProperty = list(self.attributes)
        if self.expires_in is not None:
            properties.MessageExpiryInterval = self.expires_in
        return properties

    def wire(self) -> bytes:
        """Topic, properties and payload as the PUBLISH packet holds them: all of it but the packet's number."""
        topic = self.topic.encode()
        return len(topic).to_bytes(2, "big") + topic + _packed(self.properties()) + self.payload


def new_properties(packet: int) -> Properties:
    """Empty ones, for that type of packet."""
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho types only a part of it


def _packed(properties: Properties) -> bytes:
    return bytes(properties.pack())  # type: ignore[no-untyped-call]  # paho types only a part of it
