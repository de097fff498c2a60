"""ONVIF events over MQTT."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from vigilanza.config.channels.broker import BrokerLink, BrokerPart
from vigilanza.config.fields import Surroundings


@dataclass(frozen=True, slots=True)
class OnvifMqttLink:
    """`topic_prefix` None: VGZ-SITE."""

    broker: BrokerLink
    topic_prefix: str | None


class OnvifMqttPart(BrokerPart):
    """A broker that takes ONVIF events in JSON."""

    channel: Annotated[Literal["onvif-mqtt"], Field(description="ONVIF events over MQTT 5 (onvif-ej).")]
    topic_prefix: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=200, description="Default VGZ-SITE."),
    ] = None

    def link(self, around: Surroundings) -> OnvifMqttLink:
        return OnvifMqttLink(self.broker(around), self.topic_prefix)
