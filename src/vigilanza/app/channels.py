"""How a channel is made of what the configuration says of it; the registry names them."""

from dataclasses import dataclass

from vigilanza.bridge.channel import Channel
from vigilanza.bridge.mqtt import Mode, MqttChannel
from vigilanza.bridge.mqtt_line import Broker
from vigilanza.bridge.onvif_mqtt import OnvifMqttChannel
from vigilanza.clock import Clock
from vigilanza.config import BrokerLink, Endpoint, MqttLink, OnvifMqttLink
from vigilanza.domain.premises import Premises
from vigilanza.store.notebook import Notebook


@dataclass(frozen=True, slots=True)
class ChannelNeeds:
    """What channels are made with: whom they speak to, about which place, and what they must not forget."""

    endpoint: Endpoint
    premises: Premises
    notebook: Notebook
    clock: Clock


def make_mqtt(needs: ChannelNeeds) -> Channel:
    """CloudEvents over MQTT."""
    link = needs.endpoint.link
    assert isinstance(link, MqttLink)
    return MqttChannel(
        destination=needs.endpoint.destination,
        broker=_broker(link.broker, needs),
        mode=Mode(link.mode),
        site=needs.premises.site,
        clock=needs.clock,
        require_subscriber=link.require_subscriber,
    )


def make_onvif_mqtt(needs: ChannelNeeds) -> Channel:
    """ONVIF events over MQTT."""
    link = needs.endpoint.link
    assert isinstance(link, OnvifMqttLink)
    return OnvifMqttChannel(
        destination=needs.endpoint.destination,
        broker=_broker(link.broker, needs),
        prefix=link.topic_prefix or f"VGZ-{needs.premises.site}",
        premises=needs.premises,
        notebook=needs.notebook,
        clock=needs.clock,
    )


def _broker(link: BrokerLink, needs: ChannelNeeds) -> Broker:
    return Broker(
        url=link.url,
        client_id=link.client_id or f"vigilanza-{needs.premises.site}-{needs.endpoint.destination.id}",
        user=link.user,
        password=None if link.password is None else link.password.reveal(),
        ca_file=link.ca_file,
        client_certificate=link.client_certificate,
        allow_loopback=link.allow_loopback,
        plain=link.plain,
    )
