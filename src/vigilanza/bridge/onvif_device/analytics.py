"""Analytics (ver20), read only: which rules and modules there are, and what they tell."""

from vigilanza.bridge.onvif_device import rules as ours
from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.place import Channel, Place
from vigilanza.bridge.onvif_device.service import Answer, at_once, constant
from vigilanza.bridge.onvif_device.soap import Element, Fault, Request, element
from vigilanza.bridge.onvif_words import FORCED, INSIDE, LOITERS, TOPICS


class AnalyticsService:
    """Rules are made in the configuration only; Create, Modify and Delete are not supported."""

    def __init__(self, *, place: Place, capabilities: Capabilities) -> None:
        self._place = place
        self.operations: dict[str, Answer] = {
            "tan:GetServiceCapabilities": constant("tan:GetServiceCapabilitiesResponse", capabilities.of["tan"]),
            "tan:GetSupportedRules": at_once(self._supported_rules),
            "tan:GetRules": at_once(self._rules),
            "tan:GetSupportedAnalyticsModules": at_once(self._supported_modules),
            "tan:GetAnalyticsModules": at_once(self._modules),
            "tan:GetSupportedMetadata": constant("tan:GetSupportedMetadataResponse"),
        }

    def _supported_rules(self, request: Request) -> Element:
        self._channel(request)
        unit = element("tt:SimpleItemDescription", Name="UnitCode", Type="xs:string")
        described = element("tt:RuleDescription", element("tt:Parameters", unit), Name=ours.SEALED_DOOR)
        for topic in (FORCED, INSIDE, LOITERS):
            described.append(_message(topic))
        return element("tan:GetSupportedRulesResponse", element("tan:SupportedRules", described))

    def _rules(self, request: Request) -> Element:
        return element("tan:GetRulesResponse", *ours.rules("tan:Rule", self._channel(request)))

    def _supported_modules(self, request: Request) -> Element:
        self._channel(request)
        described = [
            element("tt:AnalyticsModuleDescription", element("tt:Parameters"), Name=kind)
            for kind in (ours.DOOR_ANALYTICS, ours.VIEW_ANALYTICS)
        ]
        told = element("tan:SupportedAnalyticsModules", *described)
        return element("tan:GetSupportedAnalyticsModulesResponse", told)

    def _modules(self, request: Request) -> Element:
        modules = ours.modules("tan:AnalyticsModule", self._channel(request))
        return element("tan:GetAnalyticsModulesResponse", *modules)

    def _channel(self, request: Request) -> Channel:
        wanted = request.text("ConfigurationToken")
        for channel in self._place.channels:
            if channel.configuration("VAC") == wanted:
                return channel
        raise Fault("ter:NoConfig", "there is no such configuration")


def _message(topic: str) -> Element:
    description = TOPICS[topic]
    told = [
        element(name, *(element("tt:SimpleItemDescription", Name=key, Type=kind) for key, kind in items))
        for name, items in (("tt:Source", description.source), ("tt:Data", description.data))
    ]
    made = element("tt:Messages", *told, element("tt:ParentTopic", topic))
    made.set("IsProperty", str(description.is_property).lower())
    return made
