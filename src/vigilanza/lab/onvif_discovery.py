"""What simulated cameras answer to WS-Discovery probes (OASIS WS-Discovery 2005/04), multicast and unicast."""

import re
import select
import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, TypeAlias

from vigilanza.wsdiscovery import ANONYMOUS, GROUP, PORT, envelope, mreqn

_IP_MULTICAST_ALL = 49
"""Linux: off means that only the interface that was joined counts, not those that other programs joined."""
Manner: TypeAlias = Literal["standard", "sloppy"]
"""`sloppy`: as cheap firmware does it: no RelatesTo, no envelope prefix that anybody knows, text round the XML."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A camera that can be found; `xaddrs` gives its addresses."""

    name: str
    hardware: str
    xaddrs: Callable[[], Sequence[str]]

    @property
    def endpoint(self) -> str:
        """Always the same for a name."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_DNS, self.name)}"


class DiscoveryAnswerer:
    """Answers probes from `with` to the end of it, in its own thread: those to `host`, an address of this machine, and
    to the group on the network of that.

    A datagram for each camera that is `announced`; `port` 0 takes a free one.
    """

    def __init__(
        self,
        *announced: Announced,
        port: int = PORT,
        host: str = "127.0.0.1",
        manner: Manner = "standard",
    ) -> None:
        self._announced, self._manner = announced, manner
        self.probes = 0
        """Probes answered so far."""
        self._own, self._group = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self._own.bind((host, port))
        self.port: int = self._own.getsockname()[1]
        self._group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._group.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        self._group.bind((GROUP, self.port))
        self._group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreqn(group=GROUP, address=host))
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="simulated discovery", daemon=True)

    def __enter__(self) -> "DiscoveryAnswerer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waker.close()
        self._thread.join()
        for one in (self._own, self._group, self._woken):
            one.close()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._own, self._group, self._woken], [], [])
            if self._woken in ready:
                return
            for one in ready:
                self._answer(*one.recvfrom(65535))

    def _answer(self, probe: bytes, sender: tuple[str, int]) -> None:
        text = probe.decode("utf-8", "replace")
        if re.search(r"<(?:\w+:)?Probe[\s>]", text) and self._is_meant(text):
            self.probes += 1
            for one in self._announced:
                self._own.sendto(self._match(text, one), sender)

    def _is_meant(self, probe: str) -> bool:
        types = re.search(r"<(?:\w+:)?Types[^>]*>([^<]*)<", probe)
        return types is None or not types[1].strip() or "NetworkVideoTransmitter" in types[1]

    def _match(self, probe: str, one: Announced) -> bytes:
        asked = re.search(r"<(?:\w+:)?MessageID[^>]*>\s*([^<\s]*)", probe)
        scopes = (
            f"onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/name/{one.name.replace(' ', '%20')} "
            f"onvif://www.onvif.org/hardware/{one.hardware.replace(' ', '%20')}"
        )
        matched = (
            f"<d:ProbeMatch><a:EndpointReference><a:Address>{one.endpoint}</a:Address>"
            f"</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>{' '.join(one.xaddrs())}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>"
        )
        if self._manner == "sloppy":
            inside = f"<SOAP-ENV:Body><d:ProbeMatches>{matched}</d:ProbeMatches></SOAP-ENV:Body>"
            return f"\r\n<SOAP-ENV:Envelope>{inside}</SOAP-ENV:Envelope>\0\0".encode()
        relates = f"<a:RelatesTo>{asked[1]}</a:RelatesTo>" if asked else ""
        return envelope("ProbeMatches", matched, to=ANONYMOUS, headers=relates)
