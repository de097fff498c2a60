"""How a destination is reached: a file per channel, its line in the union and the dict here, and in `Link`."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field

from vigilanza.config.channels.broker import BrokerLink
from vigilanza.config.channels.cap import CapLink, CapPart
from vigilanza.config.channels.centre import CentreLink, CentrePart
from vigilanza.config.channels.dc09 import Dc09Link, Dc09Part
from vigilanza.config.channels.destination import DestinationPart
from vigilanza.config.channels.endpoint import Endpoint, Link
from vigilanza.config.channels.mqtt import MqttLink, MqttPart
from vigilanza.config.channels.onvif_mqtt import OnvifMqttLink, OnvifMqttPart
from vigilanza.config.channels.webhook import WebhookLink, WebhookPart
from vigilanza.config.channels.xprotect import XprotectLink, XprotectPart

AnyDestinationPart: TypeAlias = Annotated[
    WebhookPart | MqttPart | OnvifMqttPart | Dc09Part | XprotectPart | CapPart | CentrePart,
    Field(discriminator="channel"),
]

PARTS: Mapping[str, type[DestinationPart]] = {
    "webhook": WebhookPart,
    "mqtt": MqttPart,
    "onvif-mqtt": OnvifMqttPart,
    "dc09": Dc09Part,
    "xprotect": XprotectPart,
    "cap": CapPart,
    "centre": CentrePart,
}
"""By the word that a destination gives as its `channel`."""

__all__ = [
    "PARTS",
    "AnyDestinationPart",
    "BrokerLink",
    "CapLink",
    "CentreLink",
    "Dc09Link",
    "DestinationPart",
    "Endpoint",
    "Link",
    "MqttLink",
    "OnvifMqttLink",
    "WebhookLink",
    "XprotectLink",
]
