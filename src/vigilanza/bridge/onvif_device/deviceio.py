"""Device IO: a virtual digital input per sealed door, closed while an alarm is on there."""

from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.service import Answer, at_once, constant
from vigilanza.bridge.onvif_device.soap import Element, Request, element


class DeviceIoService:
    """Answers; nothing can be set."""

    def __init__(self, *, place: Place, capabilities: Capabilities) -> None:
        self._place = place
        self.operations: dict[str, Answer] = {
            "tmd:GetServiceCapabilities": constant("tmd:GetServiceCapabilitiesResponse", capabilities.of["tmd"]),
            "tmd:GetDigitalInputs": at_once(self._inputs),
        }

    def _inputs(self, _: Request) -> Element:
        inputs = [element("tmd:DigitalInputs", token=door.input, IdleState="open") for door in self._place.doors()]
        return element("tmd:GetDigitalInputsResponse", *inputs)
