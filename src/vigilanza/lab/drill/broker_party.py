"""A receiver behind an MQTT broker."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from vigilanza.bridge.mqtt_message import new_properties
from vigilanza.lab.broker import Broker
from vigilanza.lab.drill.arrivals import Arrivals
from vigilanza.lab.drill.party import Arrival

_MARKS = "drill/mark"
_SESSION_SECONDS = 86_400
_SETTLE_S = 10.0
_NOTHING_RETAINED = 2
"""Retain Handling: whatever the session has missed it gets in order, and nothing beside that."""


class BrokerParty(ABC):
    """Broker and subscriber; the subscriber's session outlives both."""

    def __init__(self, name: str, *, folder: Path, channel: str, topics: Sequence[str]) -> None:
        """`channel` as the configuration names it; `topics` are filters of what is subscribed to."""
        self.name, self._channel, self._topics = name, channel, topics
        self._broker, self._arrivals = Broker(folder), Arrivals()
        self._marks: set[str] = set()
        self._changed = threading.Condition()
        self._client: Client | None = None

    @abstractmethod
    def take(self, topic: str, payload: bytes) -> None:
        """Note what a message says. Called one after the other, under a lock."""

    def settings(self) -> Mapping[str, Any]:
        """See Party."""
        return {
            "id": self.name,
            "kind": "municipal_vms",
            "channel": self._channel,
            "url": f"mqtt://localhost:{self._broker.port}",
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        """See Party."""
        return {}

    def up(self) -> None:
        """See Party."""
        if self._broker.is_running:
            return
        self._broker.start()
        client = self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=self.name, protocol=MQTTProtocolVersion.MQTTv5
        )
        client.on_connect, client.on_message = self._subscribe, self._hear
        session = new_properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = _SESSION_SECONDS
        client.connect("127.0.0.1", self._broker.port, clean_start=False, properties=session)
        client.loop_start()
        self._settle()

    def down(self) -> None:
        """See Party."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._broker.stop()

    def freeze(self) -> None:
        """See Party."""
        self._broker.freeze()

    def thaw(self) -> None:
        """See Party."""
        self._broker.thaw()

    def misbehave(self, chance: Random) -> None:  # noqa: ARG002  # one thing only can be done to a broker
        """The broker is started again, in the middle of whatever is said."""
        if self._broker.is_running:
            self.down()
            self.up()

    @property
    def arrived(self) -> list[Arrival]:
        """See Party."""
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
        wanted = SubscribeOptions(qos=1, retainHandling=_NOTHING_RETAINED)
        client.subscribe([(topic, wanted) for topic in (*self._topics, _MARKS)])

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        with self._changed:
            if message.topic == _MARKS:
                self._marks.add(message.payload.decode())
                self._changed.notify_all()
            else:
                self.take(message.topic, bytes(message.payload))
