"""A VMS that hears ONVIF events from an MQTT broker."""

import json
from datetime import datetime
from pathlib import Path

from vigilanza.bridge.onvif_words import FORCED, TEST, Status
from vigilanza.lab.drill.broker_party import BrokerParty
from vigilanza.lab.drill.party import Arrival

_TOPICS = [f"+/onvif-ej/{topic.removeprefix('tns1:')}/#" for topic in (FORCED, TEST)]


class OnvifMqttParty(BrokerParty):
    """Follows how each door stands. A state that it knows changes nothing, and its end is that it is deleted."""

    def __init__(self, name: str, *, folder: Path) -> None:
        super().__init__(name, folder=folder, channel="onvif-mqtt", topics=_TOPICS)
        self._standing: dict[str, Arrival] = {}
        """By topic, what was told last, until it is deleted."""
        self._ends: set[Arrival] = set()

    def take(self, topic: str, payload: bytes) -> None:
        """See BrokerParty."""
        if not payload:
            if (ended := self._standing.pop(topic, None)) is not None:
                self._ends.add(ended)
                self._arrivals.note(f"{topic} is deleted {ended}", ended)
            return
        told = json.loads(payload)
        at = datetime.fromisoformat(told["UtcTime"]).timestamp()
        # A message has no number in its incident: its time stands in for it.
        arrival = (str(told["Data"]["vgz:IncidentId"]), round(1000 * at))
        status = told["Data"]["vgz:Status"]
        if status != "Test":
            self._standing[topic] = arrival
        if status != Status.CLOSED:
            self._arrivals.note(f"{topic} {payload.decode()}", arrival)

    @property
    def arrived(self) -> list[Arrival]:
        """See Party. An incident whose door was told of again after its end has not ended."""
        told = super().arrived
        with self._changed:
            again = {incident for incident, _ in self._standing.values()}
            return [arrival for arrival in told if arrival not in self._ends or arrival[0] not in again]
