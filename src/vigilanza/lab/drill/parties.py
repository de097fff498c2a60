"""A stand-in receiver for every channel, and a VMS that asks."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from vigilanza.lab.broker import mosquitto_program
from vigilanza.lab.drill.cap_room import CapRoom
from vigilanza.lab.drill.dc09_party import Dc09Party
from vigilanza.lab.drill.mqtt_party import MqttParty
from vigilanza.lab.drill.onvif_mqtt_party import OnvifMqttParty
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.pull_party import PullParty
from vigilanza.lab.drill.story import CAMERA
from vigilanza.lab.drill.webhook_party import WebhookParty
from vigilanza.lab.drill.xprotect_party import XprotectParty

Make: TypeAlias = Callable[[Path, Sequence[str]], Party]

PARTIES: Mapping[str, Make] = {
    "webhook": lambda folder, _: WebhookParty("city-webhook", kind="municipal_vms", folder=folder),
    "room": lambda folder, _: WebhookParty("room-webhook", kind="control_room", folder=folder),
    "cap": lambda folder, _: CapRoom("room-cap", folder=folder),
    "dc09-tcp": lambda _folder, _: Dc09Party("room-dc09-tcp"),
    "dc09-udp": lambda _folder, _: Dc09Party("room-dc09-udp", transport="udp"),
    "xprotect": lambda _, cameras: XprotectParty("city-xprotect", cameras=cameras),
    # Only where Debian's broker is installed: no package brings one.
    **(
        {
            "mqtt": lambda folder, _: MqttParty("city-mqtt", folder=folder),
            "onvif-mqtt": lambda folder, _: OnvifMqttParty("city-onvif-mqtt", folder=folder),
        }
        if mosquitto_program()
        else {}
    ),
}
"""Each gets a folder of its own for certificates and the like, and the ids of the site's cameras."""


def all_parties(folder: Path, cameras: Sequence[str] = (CAMERA,)) -> list[Party]:
    """One of each, not up yet."""
    return [make(folder / name, cameras) for name, make in PARTIES.items()]


def asking_vms() -> PullParty:
    """Not up yet."""
    return PullParty("city-onvif-pull")
