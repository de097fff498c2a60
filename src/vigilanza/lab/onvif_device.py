"""What a simulated ONVIF camera answers about itself: device management, Media and Media2."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from vigilanza.lab.onvif_faults import OnvifFaults
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.soap import NAMESPACES, SoapFault, SoapRequest

SERVICES = {"tds": "/onvif/device_service", "trt": "/onvif/media", "tr2": "/onvif/media2", "tev": "/onvif/events"}
"""Prefix of a service → its path."""


class SimDevice:
    """Answers one operation at a time; `base` gives the camera's own address, `now` its clock (Unix seconds)."""

    def __init__(
        self,
        *,
        profiles: Sequence[SimProfile],
        serial: str,
        faults: OnvifFaults,
        base: Callable[[], str],
        now: Callable[[], float],
        services: Sequence[str],
    ) -> None:
        self.profiles = {profile.token: profile for profile in profiles}
        self._serial, self._faults, self._base, self._now, self._services = serial, faults, base, now, services
        self._answers: Mapping[str, Callable[[SoapRequest], str]] = {
            "tds:GetSystemDateAndTime": self._time,
            "tds:GetDeviceInformation": self._information,
            "tds:GetCapabilities": self._capabilities,
            "tds:GetServices": self._list_services,
            "trt:GetProfiles": lambda _: self._profiles("trt", [p.media() for p in self.profiles.values()]),
            "tr2:GetProfiles": lambda _: self._profiles("tr2", [p.media2() for p in self.profiles.values()]),
            "trt:GetVideoSources": self._video_sources,
            "trt:GetStreamUri": self._stream_uri,
            "tr2:GetStreamUri": self._stream_uri,
            "trt:GetSnapshotUri": self._snapshot_uri,
        }

    def knows(self, operation: str) -> bool:
        """Whether it is this part that answers."""
        return operation in self._answers

    def answer(self, request: SoapRequest) -> str:
        """The body's XML. SoapFault if the request cannot be granted."""
        if self._faults.no_media2 and request.operation.startswith("tr2:"):
            raise SoapFault("ter:ActionNotSupported", "not implemented", status=500)
        return self._answers[request.operation](request)

    def _time(self, _: SoapRequest) -> str:
        t = datetime.fromtimestamp(self._now(), UTC)
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
            "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{t.hour}</tt:Hour><tt:Minute>{t.minute}</tt:Minute><tt:Second>{t.second}</tt:Second></tt:Time>"
            f"<tt:Date><tt:Year>{t.year}</tt:Year><tt:Month>{t.month}</tt:Month><tt:Day>{t.day}</tt:Day></tt:Date>"
            "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _information(self, _: SoapRequest) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Vigilanza</tds:Manufacturer><tds:Model>SimCam</tds:Model>"
            "<tds:FirmwareVersion>1.0</tds:FirmwareVersion>"
            f"<tds:SerialNumber>{self._serial}</tds:SerialNumber><tds:HardwareId>sim</tds:HardwareId>"
            "</tds:GetDeviceInformationResponse>"
        )

    def _capabilities(self, _: SoapRequest) -> str:
        base = self._base()
        return (
            "<tds:GetCapabilitiesResponse><tds:Capabilities>"
            f"<tt:Device><tt:XAddr>{base}{SERVICES['tds']}</tt:XAddr></tt:Device>"
            f"<tt:Events><tt:XAddr>{base}{SERVICES['tev']}</tt:XAddr>"
            "<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>"
            "<tt:WSPullPointSupport>true</tt:WSPullPointSupport><tt:WSPausableSubscriptionManagerInterfaceSupport>false"
            "</tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>"
            f"<tt:Media><tt:XAddr>{base}{SERVICES['trt']}</tt:XAddr><tt:StreamingCapabilities>"
            "<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP>"
            "<tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>"
            "</tds:Capabilities></tds:GetCapabilitiesResponse>"
        )

    def _list_services(self, _: SoapRequest) -> str:
        if self._faults.no_services:
            raise SoapFault("ter:ActionNotSupported", "GetServices is not supported")
        services = "".join(
            f"<tds:Service><tds:Namespace>{NAMESPACES[prefix]}</tds:Namespace>"
            f"<tds:XAddr>{self._base()}{SERVICES[prefix]}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
            for prefix in self._services
        )
        return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"

    def _profiles(self, prefix: str, described: Sequence[str]) -> str:
        return f"<{prefix}:GetProfilesResponse>{''.join(described)}</{prefix}:GetProfilesResponse>"

    def _video_sources(self, _: SoapRequest) -> str:
        sources = "".join(
            f'<trt:VideoSources token="{profile.source}"><tt:Framerate>{profile.fps}</tt:Framerate><tt:Resolution>'
            f"<tt:Width>{profile.size_px[0]}</tt:Width><tt:Height>{profile.size_px[1]}</tt:Height></tt:Resolution>"
            "</trt:VideoSources>"
            for profile in {profile.source: profile for profile in self.profiles.values()}.values()
        )
        return f"<trt:GetVideoSourcesResponse>{sources}</trt:GetVideoSourcesResponse>"

    def _stream_uri(self, request: SoapRequest) -> str:
        profile = self._profile(request)
        uri = profile.uri
        if self._faults.announced_host is not None:
            scheme, _, rest = uri.partition("://")
            uri = f"{scheme}://{self._faults.announced_host}:{rest.partition(':')[2]}"
        return _media_uri(request.operation, uri)

    def _snapshot_uri(self, request: SoapRequest) -> str:
        return _media_uri(request.operation, f"{self._base()}/snapshot/{self._profile(request).token}.jpg")

    def _profile(self, request: SoapRequest) -> SimProfile:
        profile = self.profiles.get(request.text("ProfileToken"))
        if profile is None:
            raise SoapFault("ter:NoProfile", "no such profile")
        return profile


def _media_uri(operation: str, uri: str) -> str:
    uri = uri.replace("&", "&amp;")
    if operation.startswith("tr2:"):
        return f"<{operation}Response><tr2:Uri>{uri}</tr2:Uri></{operation}Response>"
    return (
        f"<{operation}Response><trt:MediaUri><tt:Uri>{uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
        "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>"
        f"</{operation}Response>"
    )
