"""A channel to the tests' own broker, and an alert to send."""

from dataclasses import replace
from typing import Any

from tests.broker import PASSWORD, Mosquitto
from tests.samples import VMS
from tests.webhook import ALERT
from vigilanza.bridge.mqtt import Mode, MqttChannel
from vigilanza.bridge.mqtt_line import Broker
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Destination

STATUS = f"vigilanza/v1/0423/status/{VMS.id}"
TOPIC = "vigilanza/v1/0423/detection.raised"
TOLD = replace(ALERT, data={**ALERT.data, "flagrante_until": "2026-11-20T11:06:40.480Z"})


def channel_at(
    *,
    mode: Mode = Mode.STRUCTURED,
    require: bool = True,
    deadline: float = 10.0,
    destination: Destination = VMS,
    **keys: Any,
) -> MqttChannel:
    """`keys` are those of Broker."""
    usual = {"client_id": "vigilanza-0423-vms", "user": "vigilanza", "password": PASSWORD, "allow_loopback": True}
    return MqttChannel(
        destination=destination,
        broker=Broker(**{**usual, **keys}),
        mode=mode,
        site="0423",
        clock=SystemClock(),
        require_subscriber=require,
        deadline=deadline,
        resolve=lambda host, port: ["127.0.0.1"],
    )


def mqtt_channel(mosquitto: Mosquitto, **keys: Any) -> MqttChannel:
    """By TLS with the password of `vigilanza`, unless `keys` say something else."""
    return channel_at(**{"url": f"mqtts://localhost:{mosquitto.port}", "ca_file": mosquitto.ca_file, **keys})
