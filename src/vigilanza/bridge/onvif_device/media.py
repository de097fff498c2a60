"""Media (ver10): one fixed profile per camera."""

from collections.abc import Callable
from urllib.parse import urlsplit

from vigilanza.bridge.onvif_device import configurations
from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.place import Channel, Place
from vigilanza.bridge.onvif_device.service import Answer, at_once, constant
from vigilanza.bridge.onvif_device.soap import Element, Fault, Request, element
from vigilanza.bridge.onvif_device.video import Video

SNAPSHOTS = "/snapshot/"
"""Where stills are, by the token of their profile."""
Describe = Callable[[str, Channel], Element]


def channel_of(place: Place, request: Request) -> Channel:
    """The channel whose profile is asked for; Fault if there is none."""
    wanted = request.text("ProfileToken")
    for channel in place.channels:
        if channel.profile == wanted:
            return channel
    raise Fault("ter:NoProfile", "there is no such profile")


def stream_of(video: Video, place: Place, request: Request) -> str:
    """Of the profile that is asked for, at the host that was asked; Fault where nothing can be seen."""
    channel, host = channel_of(place, request), urlsplit(request.base).hostname
    uri = video.stream(channel.camera, host=host or "localhost")
    if uri is None:
        raise Fault("ter:IncompleteConfiguration", "no video of this camera is served here")
    return uri


def snapshot_of(capabilities: Capabilities, place: Place, request: Request) -> str:
    """The same of a still: served by the device itself."""
    channel = channel_of(place, request)
    if not capabilities.stills:
        raise Fault("ter:ActionNotSupported", "no stills are served here", receiver=True)
    return f"{request.base}{SNAPSHOTS}{channel.profile}"


class MediaService:
    """Answers; nothing can be set."""

    def __init__(self, *, place: Place, video: Video, capabilities: Capabilities) -> None:
        self._place, self._video, self._capabilities = place, video, capabilities
        self.operations: dict[str, Answer] = {
            "trt:GetServiceCapabilities": constant("trt:GetServiceCapabilitiesResponse", capabilities.of["trt"]),
            "trt:GetProfiles": at_once(self._profiles),
            "trt:GetProfile": at_once(self._profile),
            "trt:GetVideoSources": at_once(self._sources),
            "trt:GetStreamUri": at_once(self._stream),
            "trt:GetSnapshotUri": at_once(self._snapshot),
        }
        described: dict[str, Describe] = {
            "VideoSource": lambda name, channel: configurations.video_source(name, channel, video),
            "VideoEncoder": lambda name, channel: configurations.encoder(name, channel, video),
            "Metadata": configurations.metadata,
            "VideoAnalytics": configurations.analytics,
        }
        for kind, describe in described.items():
            self.operations[f"trt:Get{kind}Configurations"] = at_once(self._all(kind, describe))
            self.operations[f"trt:Get{kind}Configuration"] = at_once(self._one(kind, describe))

    def _profiles(self, _: Request) -> Element:
        return element("trt:GetProfilesResponse", *(self._tell("trt:Profiles", one) for one in self._place.channels))

    def _profile(self, request: Request) -> Element:
        return element("trt:GetProfileResponse", self._tell("trt:Profile", channel_of(self._place, request)))

    def _tell(self, name: str, channel: Channel) -> Element:
        seen = self._video.streams
        return element(
            name,
            element("tt:Name", channel.camera),
            configurations.video_source("tt:VideoSourceConfiguration", channel, self._video),
            configurations.encoder("tt:VideoEncoderConfiguration", channel, self._video) if seen else None,
            configurations.analytics("tt:VideoAnalyticsConfiguration", channel),
            configurations.metadata("tt:MetadataConfiguration", channel),
            token=channel.profile,
            fixed=True,
        )

    def _sources(self, _: Request) -> Element:
        return element("trt:GetVideoSourcesResponse", *(self._source(one) for one in self._place.channels))

    def _source(self, channel: Channel) -> Element:
        width, height = self._video.size_px(channel.camera)
        size = element("tt:Resolution", element("tt:Width", width), element("tt:Height", height))
        return element("trt:VideoSources", element("tt:Framerate", 25), size, token=channel.source)

    def _stream(self, request: Request) -> Element:
        uri = stream_of(self._video, self._place, request)
        return element("trt:GetStreamUriResponse", _media_uri(uri))

    def _snapshot(self, request: Request) -> Element:
        uri = snapshot_of(self._capabilities, self._place, request)
        return element("trt:GetSnapshotUriResponse", _media_uri(uri))

    def _all(self, kind: str, describe: Describe) -> Callable[[Request], Element]:
        def answer(_: Request) -> Element:
            told = [describe("trt:Configurations", one) for one in self._with(kind)]
            return element(f"trt:Get{kind}ConfigurationsResponse", *told)

        return answer

    def _one(self, kind: str, describe: Describe) -> Callable[[Request], Element]:
        def answer(request: Request) -> Element:
            wanted = request.text("ConfigurationToken")
            for channel in self._with(kind):
                told = describe("trt:Configuration", channel)
                if told.get("token") == wanted:
                    return element(f"trt:Get{kind}ConfigurationResponse", told)
            raise Fault("ter:NoConfig", "there is no such configuration")

        return answer

    def _with(self, kind: str) -> list[Channel]:
        """The channels that have a configuration of that kind."""
        channels = self._place.channels
        return [one for one in channels if kind != "VideoEncoder" or self._video.streams]


def _media_uri(uri: str) -> Element:
    rest = (element("tt:InvalidAfterConnect", False), element("tt:InvalidAfterReboot", False))
    return element("trt:MediaUri", element("tt:Uri", uri), *rest, element("tt:Timeout", "PT0S"))
