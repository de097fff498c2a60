"""How a channel is made of what the configuration says of it: `CHANNELS` names them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Engine

from vigilanza.app.cap import cap_channel
from vigilanza.bridge.centre import CentreChannel
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.dc09 import Dc09Channel
from vigilanza.bridge.dc09_frame import Line, Token
from vigilanza.bridge.dc09_message import Wording
from vigilanza.bridge.dc09_receiver import Receiver
from vigilanza.bridge.dc09_wire import Transport
from vigilanza.bridge.health import Health
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.mqtt import Mode, MqttChannel
from vigilanza.bridge.mqtt_line import Broker
from vigilanza.bridge.onvif_mqtt import OnvifMqttChannel
from vigilanza.bridge.pictures import NoPictures, Pictures
from vigilanza.bridge.webhook import WebhookChannel
from vigilanza.bridge.xprotect import XprotectChannel
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.stream import SiteStream
from vigilanza.config import (
    BrokerLink,
    CentreLink,
    Dc09Link,
    Endpoint,
    MqttLink,
    OnvifMqttLink,
    WebhookLink,
    XprotectLink,
)
from vigilanza.domain.edition import Edition
from vigilanza.domain.premises import Premises
from vigilanza.store.debts import last_paid, numbers_of, owed_among
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class ChannelNeeds:
    """What channels are made with: whom they speak to, about which place, and what they must not forget.

    `silent` names the parts of the box that give no sign of life; `runs` says what it runs.
    """

    endpoint: Endpoint
    premises: Premises
    notebook: Notebook
    clock: Clock
    engine: Engine
    pictures: Pictures = field(default_factory=NoPictures)
    silent: Callable[[], Sequence[str]] = tuple
    runs: Callable[[], Edition | None] = lambda: None


def make_webhook(needs: ChannelNeeds) -> Channel:
    """CloudEvents over HTTPS."""
    link = needs.endpoint.link
    assert isinstance(link, WebhookLink)
    line = HttpsLine(
        name=needs.endpoint.destination.id,
        url=link.url,
        clock=needs.clock,
        ca_file=link.ca_file,
        client_certificate=link.client_certificate,
        allow_loopback=link.allow_loopback,
        idempotent=True,  # by webhook-id
    )
    secret, *previous = (secret.reveal() for secret in link.secrets)
    return WebhookChannel(
        line=line,
        secret=secret,
        previous_secret=previous[0] if previous else None,
        bearer=None if link.bearer is None else link.bearer.reveal(),
        origin=link.origin,
        site=needs.premises.site,
        clock=needs.clock,
        pictures=needs.pictures,
    )


def make_cap(needs: ChannelNeeds) -> Channel:
    """CAP 1.2."""
    return cap_channel(needs.endpoint, needs.premises, needs.engine, needs.clock, needs.pictures)


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
        health=_health(needs),
        require_subscriber=link.require_subscriber,
    )


def make_onvif_mqtt(needs: ChannelNeeds) -> Channel:
    """ONVIF events over MQTT."""
    link = needs.endpoint.link
    assert isinstance(link, OnvifMqttLink)
    return OnvifMqttChannel(
        destination=needs.endpoint.destination,
        broker=_broker(link.broker, needs),
        prefix=link.prefix(needs.premises.site),
        premises=needs.premises,
        notebook=needs.notebook,
        clock=needs.clock,
        health=_health(needs),
    )


def make_dc09(needs: ChannelNeeds) -> Channel:
    """SIA DC-09."""
    link = needs.endpoint.link
    assert isinstance(link, Dc09Link)
    key = None if link.key is None else link.key.raw
    receivers = [
        Receiver(
            host=host,
            port=port,
            transport=Transport(link.transport),
            line=Line(link.account, link.receiver_number, link.account_prefix, key),
            clock=needs.clock,
            allow_loopback=link.allow_loopback,
        )
        for host, port in link.receivers
    ]
    return Dc09Channel(
        destination=needs.endpoint.destination,
        receivers=receivers,
        wording=Wording(
            account=link.account,
            token=Token.SIA if link.format == "sia" else Token.CONTACT_ID,
            area=link.area,
            camera_zones=link.camera_zones,
            when=link.extended_data != "none",
            where=link.extended_data == "time_and_place",
        ),
        premises=needs.premises,
        notebook=needs.notebook,
        owed=partial(owed_among, needs.engine),
        clock=needs.clock,
    )


def make_xprotect(needs: ChannelNeeds) -> Channel:
    """Analytics Events of Milestone XProtect."""
    link = needs.endpoint.link
    assert isinstance(link, XprotectLink)
    line = HttpsLine(
        name=needs.endpoint.destination.id,
        url=link.url,
        clock=needs.clock,
        ca_file=link.ca_file,
        plain_http=link.plain_http,
        allow_loopback=link.allow_loopback,
    )
    return XprotectChannel(line=line, cameras=link.cameras, premises=needs.premises)


def make_centre(needs: ChannelNeeds) -> CentreChannel:
    """Our own centre, through NATS JetStream."""
    link, destination = needs.endpoint.link, needs.endpoint.destination
    assert isinstance(link, CentreLink)
    connection = NatsConnection(link.nats, name=f"vigilanza-{needs.premises.site}")
    return CentreChannel(
        destination=destination,
        stream=SiteStream(connection, name=destination.id),
        key=link.key,
        site=needs.premises.site,
        notebook=needs.notebook,
        numbers=partial(numbers_of, needs.engine),
        last_paid=partial(last_paid, needs.engine, destination.id),
        runs=needs.runs,
        clock=needs.clock,
    )


def _health(needs: ChannelNeeds) -> Callable[[], bytes]:
    destination, outbox = needs.endpoint.destination.id, Outbox(needs.engine)
    return Health(destination=destination, outbox=outbox, silent=needs.silent, clock=needs.clock).tell


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


CHANNELS: Mapping[str, Callable[[ChannelNeeds], Channel]] = {
    "webhook": make_webhook,
    "mqtt": make_mqtt,
    "onvif-mqtt": make_onvif_mqtt,
    "dc09": make_dc09,
    "xprotect": make_xprotect,
    "cap": make_cap,
    "centre": make_centre,
}
"""A new channel is one file and one line here."""
