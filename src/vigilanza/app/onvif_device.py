"""The site as an ONVIF device, from the configuration."""

from dataclasses import dataclass
from functools import partial
from random import Random

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from vigilanza.app.newest import NewestStills
from vigilanza.app.stills import LiveStills, allowed_cameras
from vigilanza.app.studio import taps
from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.onvif_device.announcer import DELAY_MAX_S, Announcer
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.server import OnvifDevice
from vigilanza.bridge.onvif_device.video import NoVideo, OwnVideo, TemplateVideo, Video
from vigilanza.clock import Clock
from vigilanza.config import Config, OnvifMqttLink
from vigilanza.config import OnvifDevice as Settings
from vigilanza.domain.door import Role
from vigilanza.store.audit import AuditChain
from vigilanza.store.feed import Feed
from vigilanza.store.viewings import ViewingBook


@dataclass(frozen=True, slots=True)
class DeviceParts:
    """`announcer` is None where the device is not to be found by those who search."""

    device: OnvifDevice
    announcer: Announcer | None


def open_onvif_device(
    config: Config, settings: Settings, engine: Engine, clock: Clock, registry: CollectorRegistry
) -> DeviceParts:
    """ConfigError if a certificate cannot be used."""
    chain = AuditChain(engine=engine, clock=clock)
    doors = {camera.id: [door.id for door in camera.doors if door.role is Role.SEALED] for camera in config.cameras}
    place, video = Place.of(site=config.site.id, name=config.site.name, doors=doors), _video(config, settings)
    announcer = None
    if settings.discoverable:
        announcer = Announcer(
            identity=Identity.of(place, streams=video.streams, discoverable=True),
            host=settings.host,
            encrypted=settings.certificate is not None,
            clock=clock,
            registry=registry,
            delay=partial(Random().uniform, 0.0, DELAY_MAX_S),
        )
    device = OnvifDevice(
        place=place,
        video=video,
        feed=Feed(engine),
        passwords={account.name: account.password.reveal() for account in settings.accounts},
        listening=Listening(settings.host, settings.port, settings.certificate, settings.key),
        clock=clock,
        registry=registry,
        guesses=Guesses(chain=chain, entrance="onvif_device", clock=clock),
        skew=settings.wsse_skew,
        brokers=[
            EventBroker(link.broker.url, link.prefix(config.site.id))
            for link in (endpoint.link for endpoint in config.destinations)
            if isinstance(link, OnvifMqttLink)
        ],
        stills=_stills(config, settings, ViewingBook(audit=chain, clock=clock), clock),
        discoverable=settings.discoverable,
        on_listening=None if announcer is None else announcer.is_up,
    )
    return DeviceParts(device, announcer)


def _stills(config: Config, settings: Settings, book: ViewingBook, clock: Clock) -> LiveStills | None:
    """Where live video is shown, a still of it is."""
    if config.video is None:
        return None
    allowed = allowed_cameras(settings, config.video)
    newest = NewestStills(cameras=config.cameras, taps=taps(config), clock=clock)
    return LiveStills(newest=newest, allowed=allowed, book=book)


def _video(config: Config, settings: Settings) -> Video:
    """A front that is named counts before our own server."""
    if settings.video is not None:
        return TemplateVideo(settings.video)
    if config.video is not None:
        return OwnVideo(port=config.video.port, encrypted=config.video.certificate is not None)
    return NoVideo()
