"""Device management: who we are, what time it is, where the services are. Nothing can be set from outside."""

from collections.abc import Sequence
from datetime import UTC, datetime

from vigilanza import __version__
from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.service import ADDRESSES, Answer, at_once, constant
from vigilanza.bridge.onvif_device.soap import Element, Request, element
from vigilanza.clock import Clock


class DeviceService:
    """`accounts` are the names of those that may ask."""

    def __init__(
        self,
        *,
        place: Place,
        identity: Identity,
        capabilities: Capabilities,
        accounts: Sequence[str],
        clock: Clock,
    ) -> None:
        self._place, self._identity, self._capabilities, self._clock = place, identity, capabilities, clock
        self._accounts = tuple(accounts)
        self.operations: dict[str, Answer] = {
            "tds:GetSystemDateAndTime": at_once(self._time),
            "tds:GetServices": at_once(self._services),
            "tds:GetCapabilities": at_once(self._legacy_capabilities),
            "tds:GetServiceCapabilities": constant("tds:GetServiceCapabilitiesResponse", capabilities.of["tds"]),
            "tds:GetDeviceInformation": at_once(self._information),
            "tds:GetScopes": at_once(self._scopes),
            "tds:GetDiscoveryMode": at_once(self._discovery),
            "tds:GetHostname": at_once(self._hostname),
            "tds:GetNetworkInterfaces": at_once(self._interfaces),
            "tds:GetUsers": at_once(self._users),
            "tds:GetWsdlUrl": at_once(self._wsdl),
            "tds:GetEndpointReference": at_once(self._endpoint),
        }

    def _time(self, _: Request) -> Element:
        t = datetime.fromtimestamp(self._clock.now(), UTC)
        day = element("tt:Date", element("tt:Year", t.year), element("tt:Month", t.month), element("tt:Day", t.day))
        parts = (element("tt:Hour", t.hour), element("tt:Minute", t.minute), element("tt:Second", t.second))
        told = element(
            "tds:SystemDateAndTime",
            element("tt:DateTimeType", "NTP"),
            element("tt:DaylightSavings", False),
            element("tt:TimeZone", element("tt:TZ", "UTC0")),
            element("tt:UTCDateTime", element("tt:Time", *parts), day),
        )
        return element("tds:GetSystemDateAndTimeResponse", told)

    def _services(self, request: Request) -> Element:
        with_capability = request.text("IncludeCapability").lower() in ("true", "1")
        described = [
            element(
                "tds:Service",
                element("tds:Namespace", one.namespace),
                element("tds:XAddr", one.at(request.base)),
                element("tds:Capabilities", self._capabilities.of[one.prefix]()) if with_capability else None,
                element("tds:Version", element("tt:Major", one.major), element("tt:Minor", one.minor)),
            )
            for one in ADDRESSES.values()
        ]
        return element("tds:GetServicesResponse", *described)

    def _legacy_capabilities(self, request: Request) -> Element:
        at = {prefix: one.at(request.base) for prefix, one in ADDRESSES.items()}
        streams = element(
            "tt:StreamingCapabilities", element("tt:RTPMulticast", False), element("tt:RTP_RTSP_TCP", True)
        )
        parts = {
            "Analytics": element(
                "tt:Analytics",
                element("tt:XAddr", at["tan"]),
                element("tt:RuleSupport", True),
                element("tt:AnalyticsModuleSupport", True),
            ),
            "Device": element("tt:Device", element("tt:XAddr", at["tds"])),
            "Events": element(
                "tt:Events",
                element("tt:XAddr", at["tev"]),
                element("tt:WSSubscriptionPolicySupport", False),
                element("tt:WSPullPointSupport", True),
                element("tt:WSPausableSubscriptionManagerInterfaceSupport", False),
            ),
            "Media": element("tt:Media", element("tt:XAddr", at["trt"]), streams),
        }
        wanted = {str(each.text or "").strip() for each in request.body.iterfind("{*}Category")} or {"All"}
        chosen = [part for name, part in parts.items() if name in wanted or "All" in wanted]
        if "All" in wanted:
            inputs = element("tt:DeviceIO", element("tt:XAddr", at["tmd"]))
            for name, count in (
                ("VideoSources", len(self._place.channels)),
                *((none, 0) for none in ("VideoOutputs", "AudioSources", "AudioOutputs", "RelayOutputs")),
            ):
                inputs.append(element(f"tt:{name}", count))
            chosen.append(element("tt:Extension", inputs))
        return element("tds:GetCapabilitiesResponse", element("tds:Capabilities", *chosen))

    def _information(self, _: Request) -> Element:
        told = {
            "Manufacturer": "Vigilanza",
            "Model": "Vigilanza site",
            "FirmwareVersion": __version__,
            "SerialNumber": self._place.site,
            "HardwareId": "vigilanza",
        }
        return element(
            "tds:GetDeviceInformationResponse", *(element(f"tds:{key}", value) for key, value in told.items())
        )

    def _scopes(self, _: Request) -> Element:
        told = [
            element("tds:Scopes", element("tt:ScopeDef", "Fixed"), element("tt:ScopeItem", scope))
            for scope in self._identity.scopes
        ]
        return element("tds:GetScopesResponse", *told)

    def _discovery(self, _: Request) -> Element:
        mode = "Discoverable" if self._identity.discoverable else "NonDiscoverable"
        return element("tds:GetDiscoveryModeResponse", element("tds:DiscoveryMode", mode))

    def _hostname(self, _: Request) -> Element:
        named = element("tds:HostnameInformation", element("tt:FromDHCP", False), element("tt:Name", "vigilanza"))
        return element("tds:GetHostnameResponse", named)

    def _interfaces(self, _: Request) -> Element:
        """One, of which nothing is told: how the box is wired is nobody's business."""
        one = element("tds:NetworkInterfaces", element("tt:Enabled", True), token="eth0")
        return element("tds:GetNetworkInterfacesResponse", one)

    def _users(self, _: Request) -> Element:
        users = [
            element("tds:User", element("tt:Username", name), element("tt:UserLevel", "User"))
            for name in self._accounts
        ]
        return element("tds:GetUsersResponse", *users)

    def _wsdl(self, _: Request) -> Element:
        where = "http://www.onvif.org/onvif/ver10/network/wsdl/remotediscovery.wsdl"
        return element("tds:GetWsdlUrlResponse", element("tds:WsdlUrl", where))

    def _endpoint(self, _: Request) -> Element:
        return element("tds:GetEndpointReferenceResponse", element("tds:GUID", self._identity.endpoint))
