"""CloudEvents over MQTT."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from vigilanza.config.channels.broker import BrokerLink, BrokerPart
from vigilanza.config.fields import Surroundings


@dataclass(frozen=True, slots=True)
class MqttLink:
    """`mode` as in the CloudEvents MQTT binding."""

    broker: BrokerLink
    mode: Literal["structured", "binary"]
    require_subscriber: bool


class MqttPart(BrokerPart):
    """A broker that takes CloudEvents."""

    channel: Annotated[Literal["mqtt"], Field(description="CloudEvents over MQTT 5.")]
    mode: Annotated[
        Literal["structured", "binary"],
        Field(description="structured: the whole event is the payload; binary: attributes are user properties."),
    ] = "structured"
    require_subscriber: Annotated[
        bool, Field(description="An alert that the broker has nobody to give to is tried again.")
    ] = True

    def link(self, around: Surroundings) -> MqttLink:
        return MqttLink(self.broker(around), self.mode, self.require_subscriber)
