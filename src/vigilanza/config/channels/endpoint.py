"""A destination and how it is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from vigilanza.config.channels.cap import CapLink
from vigilanza.config.channels.centre import CentreLink
from vigilanza.config.channels.dc09 import Dc09Link
from vigilanza.config.channels.mqtt import MqttLink
from vigilanza.config.channels.onvif_mqtt import OnvifMqttLink
from vigilanza.config.channels.webhook import WebhookLink
from vigilanza.config.channels.xprotect import XprotectLink
from vigilanza.domain.delivery import Destination

Link: TypeAlias = WebhookLink | MqttLink | OnvifMqttLink | Dc09Link | XprotectLink | CapLink | CentreLink
"""What each channel needs to know: a line here for each."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`channel` is the name of the protocol in the registry, `link` what that one needs to know; `telephone` is for the
    operator, if nothing else gets through; `pictures`: seconds that links to pictures hold, None for no links.
    """

    destination: Destination
    channel: str
    link: Link
    telephone: str | None = None
    pictures: float | None = None

    @property
    def paths(self) -> Sequence[str]:
        """The ways to it, as `path_line` names them, if there are several: HOST:PORT of each receiver."""
        receivers = self.link.receivers if isinstance(self.link, Dc09Link) else ()
        return [f"{host}:{port}" for host, port in receivers] if len(receivers) > 1 else []
