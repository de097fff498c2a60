"""The site as those who search the network find it, on this machine alone, and one who searches by plain datagrams."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lxml import etree
from prometheus_client import CollectorRegistry

from tests.onvif_site import PLACE
from vigilanza.bridge.onvif_device.announcer import Announcer
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.clock import Clock, SystemClock
from vigilanza.wsdiscovery import EVERYBODY, GROUP, NAMESPACES, envelope, mreqn

HOST, SERVICE_PORT = "127.0.0.1", 8443
IDENTITY = Identity.of(PLACE, streams=True, discoverable=True)
XADDR = f"https://{HOST}:{SERVICE_PORT}/onvif/device_service"
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One message."""

    kind: str
    root: Any

    def text(self, path: str) -> str:
        """Of the first element there, e.g. ".//d:XAddrs"."""
        return str(self.root.findtext(path, "", NAMESPACES) or "")


class Ear:
    """Hears the group from `with` to the end of it, and what is answered to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._group, self._own = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self._group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._group.bind((GROUP, port))
        self._group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreqn(group=GROUP, address=HOST))
        self._own.bind((HOST, 0))
        self._own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mreqn(address=HOST))

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_: object) -> None:
        self._group.close()
        self._own.close()

    def send(self, raw: bytes, to: str = HOST) -> None:
        self._own.sendto(raw, (to, self.port))

    def answer(self, patience: float = PATIENCE_S) -> Heard | None:
        """The next one to what was sent; None if there is none in time."""
        return self._next(self._own, patience)

    def ask(self, raw: bytes, to: str = HOST) -> Heard:
        self.send(raw, to)
        heard = self.answer()
        assert heard is not None
        return heard

    def announcement(self) -> Heard:
        """The next Hello or Bye."""
        while True:
            heard = self._next(self._group, PATIENCE_S)
            assert heard is not None
            if heard.kind in ("Hello", "Bye"):
                return heard

    def is_passed_over(self, raw: bytes, to: str = HOST) -> bool:
        """Whether what is asked next is answered, and this is not. (What comes to an address is answered in order.)"""
        self.send(raw, to)
        return self.ask(probe(message_id="urn:next")).text(".//a:RelatesTo") == "urn:next"

    def _next(self, line: socket.socket, patience: float) -> Heard | None:
        if not select.select([line], [], [], patience)[0]:
            return None
        root = etree.fromstring(line.recv(65535))
        return Heard(etree.QName(root.find("s:Body/*", NAMESPACES)).localname, root)


@dataclass(slots=True)
class Announced:
    """What runs."""

    ear: Ear
    registry: CollectorRegistry
    stop: threading.Event
    hello: Heard

    def figure(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"vigilanza_onvif_discovery_{name}_total", labels) or 0.0


def announcer(
    port: int, *, registry: CollectorRegistry | None = None, host: str = HOST, delay: float = 0.0, clock: Clock
) -> Announcer:
    """Of a device that is up."""
    it = Announcer(
        identity=IDENTITY,
        host=host,
        encrypted=True,
        clock=clock,
        registry=registry or CollectorRegistry(),
        delay=lambda: delay,
        port=port,
    )
    it.is_up(SERVICE_PORT)
    return it


@contextmanager
def running(it: Announcer) -> Iterator[threading.Event]:
    """What is given ends it."""
    stop = threading.Event()
    thread = threading.Thread(target=it.run, args=(stop,), name="announcer")
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def announced(*, delay: float = 0.0) -> Iterator[Announced]:
    """On the loopback network and a free port of UDP; it has greeted."""
    registry, port = CollectorRegistry(), free_port()
    it = announcer(port, registry=registry, delay=delay, clock=SystemClock())
    with Ear(port) as ear, running(it) as stop:
        yield Announced(ear, registry, stop, ear.announcement())


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((HOST, 0))
        return int(line.getsockname()[1])


def probe(inside: str = "", *, message_id: str = "urn:uuid:1") -> bytes:
    """Types and scopes as XML, with the prefixes of NAMESPACES."""
    return with_id(envelope("Probe", inside, to=EVERYBODY), message_id)


def resolve(endpoint: str) -> bytes:
    inside = f"<a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
    return with_id(envelope("Resolve", inside, to=EVERYBODY), "urn:uuid:2")


def with_id(message: bytes, message_id: str) -> bytes:
    """The same with another identifier."""
    root = etree.fromstring(message)
    root.find("s:Header/a:MessageID", NAMESPACES).text = message_id
    return bytes(etree.tostring(root))
