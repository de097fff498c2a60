"""An event broker that the device publishes to, as ONVIF tells of it (Core 9.11)."""

from dataclasses import dataclass

from vigilanza.bridge.onvif_device.soap import Element, element


@dataclass(frozen=True, slots=True)
class EventBroker:
    """`address` is `mqtts://HOST:PORT`; all topics begin with `prefix`. Neither user nor password is told."""

    address: str
    prefix: str

    def element(self) -> Element:
        """Of type tev:EventBrokerConfig."""
        return element(
            "tev:EventBroker",
            element("tev:Address", self.address),
            element("tev:TopicPrefix", self.prefix),
            element("tev:QoS", 1),
        )
