"""A real mosquitto for tests: on loopback, with TLS, users, an access list and persistence; and a city that listens."""

import os
import queue
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import trustme
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

PASSWORD = "a broker's password"
_ACCESS = """
user vigilanza
topic write vigilanza/v1/0423/#
topic write VGZ-0423/#
user mute
topic write vigilanza/v1/0423/status/#
user city
topic read #
"""


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """Users `vigilanza` (may write), `mute` (only its status) and `city` (may read), all with PASSWORD.

    `extra` are settings for all of it, `plain` for the last of its ports.

    `port`: TLS with password. `mutual_port`: TLS with certificate, whose common name is the user.
    `plain_port`: no TLS.
    """

    def __init__(self, directory: Path, *, extra: str = "", plain: str = "") -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self.mutual_port, self.plain_port = free_port(), free_port(), free_port()
        authority = trustme.CA()
        self.ca_file, self.client_certificate = directory / "ca.pem", directory / "client.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        server = authority.issue_cert("localhost")
        server.cert_chain_pems[0].write_to_path(str(directory / "server.pem"))
        server.private_key_pem.write_to_path(str(directory / "server.key"))
        authority.issue_cert(common_name="vigilanza").private_key_and_cert_chain_pem.write_to_path(
            str(self.client_certificate)
        )
        (directory / "access").write_text(_ACCESS, "utf-8")
        for number, user in enumerate(("vigilanza", "mute", "city")):
            command = ["mosquitto_passwd", "-b", *(["-c"] if number == 0 else [])]
            subprocess.run([*command, str(directory / "users"), user, PASSWORD], check=True, capture_output=True)
        (directory / "mosquitto.conf").write_text(self._settings(extra, plain), "utf-8")

    def start(self) -> None:
        """Returns once it takes connections."""
        environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"}
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["mosquitto", "-c", str(self._directory / "mosquitto.conf")], stdout=log, stderr=log, env=environment
            )
        for port in (self.port, self.mutual_port, self.plain_port):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 5.0).close()
                    break
                except ConnectionRefusedError:
                    assert self._process.poll() is None, (self._directory / "log").read_text("utf-8")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM stores sessions and retained messages; SIGKILL as in a crash; SIGSTOP leaves it hanging."""
        if self._process is None:
            return
        self._process.send_signal(how)
        if how is not signal.SIGSTOP:
            self._process.wait(20)
            self._process = None

    def resume(self) -> None:
        """After SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> "Mosquitto":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
        self.stop(signal.SIGKILL)

    def _settings(self, extra: str, plain: str) -> str:
        folder = self._directory
        certificates = f"cafile {self.ca_file}\ncertfile {folder}/server.pem\nkeyfile {folder}/server.key\n"
        # mosquitto gives up root for a user that could not read pytest's folder.
        return (
            f"{'user root' if os.geteuid() == 0 else ''}\nper_listener_settings false\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
            f"allow_anonymous false\npassword_file {folder}/users\nacl_file {folder}/access\n{extra}\n"
            f"listener {self.port} 127.0.0.1\n{certificates}"
            f"listener {self.mutual_port} 127.0.0.1\n{certificates}require_certificate true\n"
            f"use_identity_as_username true\nlistener {self.plain_port} 127.0.0.1\n{plain}\n"
        )


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as a subscriber got it."""

    topic: str
    payload: bytes
    retained: bool
    content_type: str | None
    attributes: dict[str, str]
    expires_in: int | None
    qos: int


class Listener:
    """The city: subscribed to `topic` with QoS 1, in a session that outlives it if it has a `name`."""

    def __init__(self, broker: Mosquitto, topic: str = "#", *, name: str = "") -> None:
        self._arrived: queue.Queue[Arrived] = queue.Queue()
        self._subscribed = threading.Event()
        self._topic = topic
        client = self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set("city", PASSWORD)
        client.reconnect_delay_set(1, 1)
        client.on_connect, client.on_message = self._connected, self._came
        client.on_subscribe = lambda *_: self._subscribed.set()
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho types only a part of it
        session.SessionExpiryInterval = 600 if name else 0
        client.connect("127.0.0.1", broker.plain_port, clean_start=not name, properties=session)
        client.loop_start()
        assert self._subscribed.wait(20)

    def also(self, topic: str) -> None:
        """Subscribe to this too."""
        self._client.subscribe(topic, qos=1)

    def next(self, timeout: float = 20.0) -> Arrived:
        """The next message; queue.Empty if none comes."""
        return self._arrived.get(timeout=timeout)

    def until(self, topic: str, payload: bytes) -> list[Arrived]:
        """Everything up to the message that says this."""
        came = [self.next()]
        while (came[-1].topic, came[-1].payload) != (topic, payload):
            came.append(self.next())
        return came

    def close(self) -> None:
        """Its session stays if it has a name."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if not reason.is_failure:
            client.subscribe(self._topic, qos=1)

    def _came(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        properties = message.properties
        self._arrived.put(
            Arrived(
                topic=message.topic,
                payload=bytes(message.payload),
                retained=message.retain,
                content_type=getattr(properties, "ContentType", None),
                attributes=dict(getattr(properties, "UserProperty", [])),
                expires_in=getattr(properties, "MessageExpiryInterval", None),
                qos=message.qos,
            )
        )
