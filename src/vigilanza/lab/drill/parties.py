"""A stand-in receiver for every channel."""

from collections.abc import Callable, Mapping
from pathlib import Path

from vigilanza.lab.broker import mosquitto_program
from vigilanza.lab.drill.cap_room import CapRoom
from vigilanza.lab.drill.mqtt_party import MqttParty
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.webhook_party import WebhookParty

PARTIES: Mapping[str, Callable[[Path], Party]] = {
    "webhook": lambda folder: WebhookParty("city-webhook", kind="municipal_vms", folder=folder),
    "room": lambda folder: WebhookParty("room-webhook", kind="control_room", folder=folder),
    "cap": lambda folder: CapRoom("room-cap", folder=folder),
    # Only where Debian's broker is installed: no package brings one.
    **({"mqtt": lambda folder: MqttParty("city-mqtt", folder=folder)} if mosquitto_program() else {}),
}
"""Each gets a folder of its own for certificates and the like."""


def all_parties(folder: Path) -> list[Party]:
    """One of each, not up yet."""
    return [make(folder / name) for name, make in PARTIES.items()]
