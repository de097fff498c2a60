"""A receiver of CloudEvents behind an MQTT broker."""

import json
from pathlib import Path

from vigilanza.lab.drill.broker_party import BrokerParty


class MqttParty(BrokerParty):
    """It knows an event again by its id."""

    def __init__(self, name: str, *, folder: Path) -> None:
        super().__init__(name, folder=folder, channel="mqtt", topics=["vigilanza/v1/+/+"])

    def take(self, topic: str, payload: bytes) -> None:
        """See BrokerParty."""
        if "/status/" not in topic:
            event = json.loads(payload)
            self._arrivals.note(event["id"], (str(event["subject"]), int(event["sequence"])))
