"""Media2 (ver20): the same profiles in the newer service's words."""

from collections.abc import Callable

from vigilanza.bridge.onvif_device import configurations
from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.media import channel_of, snapshot_of, stream_of
from vigilanza.bridge.onvif_device.place import Channel, Place
from vigilanza.bridge.onvif_device.service import Answer, at_once, constant
from vigilanza.bridge.onvif_device.soap import Element, Fault, Request, element
from vigilanza.bridge.onvif_device.video import Video


class Media2Service:
    """Answers; nothing can be set."""

    def __init__(self, *, place: Place, video: Video, capabilities: Capabilities) -> None:
        self._place, self._video, self._capabilities = place, video, capabilities
        self.operations: dict[str, Answer] = {
            "tr2:GetServiceCapabilities": constant("tr2:GetServiceCapabilitiesResponse", capabilities.of["tr2"]),
            "tr2:GetProfiles": at_once(self._profiles),
            "tr2:GetStreamUri": at_once(self._stream),
            "tr2:GetSnapshotUri": at_once(self._snapshot),
        }
        for kind in ("VideoSource", "VideoEncoder", "Metadata", "Analytics"):
            self.operations[f"tr2:Get{kind}Configurations"] = at_once(self._configurations(kind))

    def _profiles(self, request: Request) -> Element:
        """All, or the one that is asked for; with the configurations whose types are asked for."""
        wanted = request.text("Token")
        types = {str(each.text or "").strip() for each in request.body.iterfind("{*}Type")}
        chosen = [one for one in self._place.channels if wanted in ("", one.profile)]
        if not chosen:
            raise Fault("ter:NoProfile", "there is no such profile")
        return element("tr2:GetProfilesResponse", *(self._tell(one, types) for one in chosen))

    def _tell(self, channel: Channel, types: set[str]) -> Element:
        kinds = [kind for kind in ("VideoSource", "VideoEncoder", "Analytics", "Metadata") if {kind, "All"} & types]
        parts = [self._describe(f"tr2:{kind}", kind, channel) for kind in kinds]
        inside = element("tr2:Configurations", *parts) if kinds else None
        return element("tr2:Profiles", element("tr2:Name", channel.camera), inside, token=channel.profile, fixed=True)

    def _describe(self, name: str, kind: str, channel: Channel) -> Element:
        """None where the channel has no such configuration."""
        if kind == "VideoSource":
            return configurations.video_source(name, channel, self._video)
        if kind == "VideoEncoder":
            return configurations.encoder2(name, channel, self._video) if self._video.streams else None
        return (configurations.metadata if kind == "Metadata" else configurations.analytics)(name, channel)

    def _configurations(self, kind: str) -> Callable[[Request], Element]:
        def answer(request: Request) -> Element:
            wanted, profile = request.text("ConfigurationToken"), request.text("ProfileToken")
            channels = [channel_of(self._place, request)] if profile else self._place.channels
            told = [self._describe("tr2:Configurations", kind, one) for one in channels]
            chosen = [one for one in told if one is not None and wanted in ("", one.get("token"))]
            if wanted and not chosen:
                raise Fault("ter:NoConfig", "there is no such configuration")
            return element(f"tr2:Get{kind}ConfigurationsResponse", *chosen)

        return answer

    def _stream(self, request: Request) -> Element:
        uri = stream_of(self._video, self._place, request)
        return element("tr2:GetStreamUriResponse", element("tr2:Uri", uri))

    def _snapshot(self, request: Request) -> Element:
        uri = snapshot_of(self._capabilities, self._place, request)
        return element("tr2:GetSnapshotUriResponse", element("tr2:Uri", uri))
