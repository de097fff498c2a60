"""A stand-in receiver for every channel."""

from collections.abc import Callable, Mapping
from pathlib import Path

from vigilanza.lab.broker import mosquitto_program
from vigilanza.lab.drill.cap_room import CapRoom
from vigilanza.lab.drill.dc09_party import Dc09Party
from vigilanza.lab.drill.mqtt_party import MqttParty
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.webhook_party import WebhookParty
from vigilanza.lab.drill.xprotect_party import XprotectParty

PARTIES: Mapping[str, Callable[[Path], Party]] = {
    "webhook": lambda folder: WebhookParty("city-webhook", kind="municipal_vms", folder=folder),
    "room": lambda folder: WebhookParty("room-webhook", kind="control_room", folder=folder),
    "cap": lambda folder: CapRoom("room-cap", folder=folder),
    "dc09": lambda _folder: Dc09Party("room-dc09"),
    "xprotect": lambda _folder: XprotectParty("city-xprotect"),
    # Only where Debian's broker is installed: no package brings one.
    **({"mqtt": lambda folder: MqttParty("city-mqtt", folder=folder)} if mosquitto_program() else {}),
}
"""Each gets a folder of its own for certificates and the like."""


def all_parties(folder: Path) -> list[Party]:
    """One of each, not up yet."""
    return [make(folder / name) for name, make in PARTIES.items()]
