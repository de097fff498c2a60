"""A receiver behind an MQTT broker."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from vigilanza.bridge.mqtt_message import new_properties
from vigilanza.lab.broker import Broker
from vigilanza.lab.drill.arrivals import Arrivals
from vigilanza.lab.drill.party import Arrival

_ALERTS, _MARKS = "vigilanza/v1/+/+", "drill/mark"
_SESSION_SECONDS = 86_400
_SETTLE_S = 10.0


class MqttParty:
    """Broker and subscriber; the subscriber's session outlives both."""

    def __init__(self, name: str, *, folder: Path) -> None:
        self.name, self._broker = name, Broker(folder)
        self._arrivals = Arrivals()
        self._marks: set[str] = set()
        self._changed = threading.Condition()
        self._client: Client | None = None

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": "municipal_vms",
            "channel": "mqtt",
            "url": f"mqtt://localhost:{self._broker.port}",
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        return {}

    def up(self) -> None:
        if self._broker.is_running:
            return
        self._broker.start()
        client = self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=self.name, protocol=MQTTProtocolVersion.MQTTv5
        )
        client.on_connect, client.on_message = self._subscribe, self._take
        session = new_properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = _SESSION_SECONDS
        client.connect("127.0.0.1", self._broker.port, clean_start=False, properties=session)
        client.loop_start()
        self._settle()

    def down(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._broker.stop()

    def freeze(self) -> None:
        self._broker.freeze()

    def thaw(self) -> None:
        self._broker.thaw()

    def misbehave(self, chance: Random) -> None:  # noqa: ARG002  # one thing only can be done to a broker
        """The broker is started again, in the middle of whatever is said."""
        if self._broker.is_running:
            self.down()
            self.up()

    @property
    def arrived(self) -> list[Arrival]:
        if self._client is not None:
            self._settle()
        return self._arrivals.all

    def _settle(self) -> None:
        """Whatever the broker had before this has arrived after it: a mark of our own comes behind it."""
        assert self._client is not None
        mark = str(uuid4())
        self._client.publish(_MARKS, mark, qos=1)
        with self._changed:
            self._changed.wait_for(lambda: mark in self._marks, _SETTLE_S)
            self._marks.clear()

    def _subscribe(
        self, client: Client, _data: object, _flags: ConnectFlags, _reason: ReasonCode, _properties: object
    ) -> None:
        client.subscribe([(_ALERTS, 1), (_MARKS, 1)])

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        with self._changed:
            if message.topic == _MARKS:
                self._marks.add(message.payload.decode())
                self._changed.notify_all()
            elif "/status/" not in message.topic:
                event = json.loads(message.payload)
                self._arrivals.note(event["id"], (str(event["subject"]), int(event["sequence"])))
