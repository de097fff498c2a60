"""The rules and modules of a channel as the Analytics service tells them: one rule per sealed door."""

from vigilanza.bridge.onvif_device.place import Channel
from vigilanza.bridge.onvif_device.soap import Element, element

SEALED_DOOR, DOOR_ANALYTICS, VIEW_ANALYTICS = "vgz:SealedDoor", "vgz:DoorAnalytics", "vgz:ViewAnalytics"


def rules(name: str, channel: Channel) -> list[Element]:
    """Elements `name` of type tt:Config."""
    return [_config(name, door.rule, SEALED_DOOR, {"UnitCode": door.door}) for door in channel.doors]


def modules(name: str, channel: Channel) -> list[Element]:
    """Elements `name` of type tt:Config: what is looked for at doors, and in the view itself."""
    doors = [_config(name, "doors", DOOR_ANALYTICS, {})] if channel.doors else []
    return [*doors, _config(name, "view", VIEW_ANALYTICS, {})]


def _config(name: str, called: str, kind: str, parameters: dict[str, str]) -> Element:
    items = [element("tt:SimpleItem", Name=key, Value=value) for key, value in parameters.items()]
    return element(name, element("tt:Parameters", *items), Name=called, Type=kind)
