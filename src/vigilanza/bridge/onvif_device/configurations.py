"""The configurations of a channel, as Media and Media2 describe them: constants, none of which can be changed."""

from vigilanza.bridge.onvif_device.place import Channel
from vigilanza.bridge.onvif_device.rules import modules, rules
from vigilanza.bridge.onvif_device.soap import Element, element
from vigilanza.bridge.onvif_device.video import Video

RATE_FPS, BITRATE_KBPS = 25, 4096
"""Told where the encoder's settings are asked: its real ones are the camera's own."""


def video_source(name: str, channel: Channel, video: Video) -> Element:
    """An element `name` of type tt:VideoSourceConfiguration."""
    width, height = video.size_px(channel.camera)
    return element(
        name,
        *_named(channel),
        element("tt:SourceToken", channel.source),
        element("tt:Bounds", x=0, y=0, width=width, height=height),
        token=channel.configuration("VSC"),
    )


def encoder(name: str, channel: Channel, video: Video) -> Element:
    """An element `name` of type tt:VideoEncoderConfiguration (Media)."""
    limits = element(
        "tt:RateControl",
        element("tt:FrameRateLimit", RATE_FPS),
        element("tt:EncodingInterval", 1),
        element("tt:BitrateLimit", BITRATE_KBPS),
    )
    return element(
        name,
        *_named(channel),
        element("tt:Encoding", "H264"),
        _size(channel, video),
        element("tt:Quality", 5),
        limits,
        element("tt:H264", element("tt:GovLength", RATE_FPS * 2), element("tt:H264Profile", "Main")),
        _nowhere(),
        element("tt:SessionTimeout", "PT60S"),
        token=channel.configuration("VEC"),
    )


def encoder2(name: str, channel: Channel, video: Video) -> Element:
    """An element `name` of type tt:VideoEncoder2Configuration (Media2)."""
    limits = element("tt:RateControl", element("tt:FrameRateLimit", RATE_FPS), element("tt:BitrateLimit", BITRATE_KBPS))
    limits.set("ConstantBitRate", "false")
    made = element(
        name,
        *_named(channel),
        element("tt:Encoding", "H264"),
        _size(channel, video),
        limits,
        element("tt:Quality", 5),
        token=channel.configuration("VEC"),
    )
    made.set("GovLength", str(RATE_FPS * 2))
    made.set("Profile", "Main")
    return made


def metadata(name: str, channel: Channel) -> Element:
    """An element `name` of type tt:MetadataConfiguration; no metadata are streamed, events come by pull point."""
    return element(
        name,
        *_named(channel),
        element("tt:Analytics", False),
        _nowhere(),
        element("tt:SessionTimeout", "PT60S"),
        token=channel.configuration("MDC"),
    )


def analytics(name: str, channel: Channel) -> Element:
    """An element `name` of type tt:VideoAnalyticsConfiguration."""
    return element(
        name,
        *_named(channel),
        element("tt:AnalyticsEngineConfiguration", *modules("tt:AnalyticsModule", channel)),
        element("tt:RuleEngineConfiguration", *rules("tt:Rule", channel)),
        token=channel.configuration("VAC"),
    )


def _named(channel: Channel) -> tuple[Element, Element]:
    return element("tt:Name", channel.camera), element("tt:UseCount", 1)


def _size(channel: Channel, video: Video) -> Element:
    width, height = video.size_px(channel.camera)
    return element("tt:Resolution", element("tt:Width", width), element("tt:Height", height))


def _nowhere() -> Element:
    """No multicast."""
    address = element("tt:Address", element("tt:Type", "IPv4"), element("tt:IPv4Address", "0.0.0.0"))
    rest = (element("tt:Port", 0), element("tt:TTL", 1), element("tt:AutoStart", False))
    return element("tt:Multicast", address, *rest)
