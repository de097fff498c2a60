"""How a destination is reached: a file per channel, its line in the union and the dict here, and in `Link`."""

from collections.abc import Mapping
from typing import TypeAlias

from vigilanza.config.channels.destination import DestinationPart
from vigilanza.config.channels.endpoint import Endpoint, Link
from vigilanza.config.channels.webhook import WebhookLink, WebhookPart

AnyDestinationPart: TypeAlias = WebhookPart

PARTS: Mapping[str, type[DestinationPart]] = {"webhook": WebhookPart}
"""By the word that a destination gives as its `channel`."""

__all__ = ["PARTS", "AnyDestinationPart", "DestinationPart", "Endpoint", "Link", "WebhookLink"]
