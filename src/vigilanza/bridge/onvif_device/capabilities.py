"""What each service says it can do."""

from collections.abc import Callable, Mapping

from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.soap import Element, element, words
from vigilanza.bridge.onvif_device.video import Video

PULL_POINTS_MAX = 64


class Capabilities:
    """Answers GetServiceCapabilities of every service, and GetServices with IncludeCapability."""

    def __init__(self, *, place: Place, video: Video, users: int, stills: bool, discoverable: bool) -> None:
        self._place, self._users, self._discoverable = place, users, discoverable
        self._streams = video.streams
        self.stills = stills
        """Whether stills are served."""
        self.of: Mapping[str, Callable[[], Element]] = {
            "tds": self._device,
            "trt": self._media,
            "tr2": self._media2,
            "tev": self._events,
            "tmd": self._inputs,
            "tan": self._analytics,
        }
        """By prefix; each makes an element of its own, `prefix:Capabilities`."""

    def _device(self) -> Element:
        security = element("tds:Security", RemoteUserHandling=False, UsernameToken=True, HttpDigest=True)
        security.set("TLS1.0", "false")
        security.set("TLS1.1", "false")
        security.set("TLS1.2", "true")
        security.set("MaxUsers", str(self._users))
        security.set("UserConfigNotSupported", "true")
        network = element("tds:Network", IPFilter=False, ZeroConfiguration=False, DynDNS=False, NTP=0)
        network.set("NetworkConfigNotSupported", "true")
        found = self._discoverable
        system = element("tds:System", DiscoveryResolve=found, DiscoveryBye=found, RemoteDiscovery=False)
        system.set("FirmwareUpgrade", "false")
        system.set("DiscoveryNotSupported", words(not found))
        system.set("NetworkConfigNotSupported", "true")
        system.set("UserConfigNotSupported", "true")
        return element("tds:Capabilities", network, security, system)

    def _media(self) -> Element:
        return element(
            "trt:Capabilities",
            element("trt:ProfileCapabilities", MaximumNumberOfProfiles=len(self._place.channels)),
            self._streaming("trt"),
            SnapshotUri=self.stills,
        )

    def _media2(self) -> Element:
        profiles = element("tr2:ProfileCapabilities", MaximumNumberOfProfiles=len(self._place.channels))
        profiles.set("ConfigurationsSupported", "VideoSource VideoEncoder Metadata Analytics")
        return element("tr2:Capabilities", profiles, self._streaming("tr2"), SnapshotUri=self.stills)

    def _streaming(self, prefix: str) -> Element:
        return element(
            f"{prefix}:StreamingCapabilities",
            RTPMulticast=False,
            RTP_RTSP_TCP=self._streams,
            NonAggregateControl=False,
            NoRTSPStreaming=not self._streams,
        )

    def _events(self) -> Element:
        return element(
            "tev:Capabilities",
            WSSubscriptionPolicySupport=False,
            WSPullPointSupport=True,
            WSPausableSubscriptionManagerInterfaceSupport=False,
            MaxNotificationProducers=0,
            MaxPullPoints=PULL_POINTS_MAX,
            PersistentNotificationStorage=True,
            MaxEventBrokers=0,
        )

    def _inputs(self) -> Element:
        return element(
            "tmd:Capabilities",
            VideoSources=len(self._place.channels),
            DigitalInputs=sum(1 for _ in self._place.doors()),
            DigitalInputOptions=False,
        )

    def _analytics(self) -> Element:
        return element("tan:Capabilities", RuleSupport=True, AnalyticsModuleSupport=True)
