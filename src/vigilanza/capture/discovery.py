"""Finding cameras: WS-Discovery (OASIS 2005/04) as ONVIF uses it, with tolerance for what cameras really answer."""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from vigilanza.capture.onvif_target import PORT as HTTP_PORT
from vigilanza.capture.onvif_target import TLS_PORT
from vigilanza.clock import Clock
from vigilanza.wsdiscovery import ANONYMOUS, EVERYBODY, GROUP, PORT, envelope, mreqn

PATIENCE_S = 3.0
"""Cameras wait up to half a second before they answer, and slow ones think."""
FOUND_MAX = 4096
_TYPES = ("dn:NetworkVideoTransmitter", "tds:Device", "")
"""Each is what some cameras answer to, and others do not."""
_RECEIVE_S = 0.1
_AT_ONCE = 256
_HOSTS_PER_SOCKET = 16
"""What waits for hosts that are not there (ARP) fills the socket's buffer, and more would be lost."""
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A camera that answered: `address` is who sent the answer, `xaddr` what it calls its device service.

    `name` and `hardware` are empty if it does not tell.
    """

    address: str
    name: str
    hardware: str
    xaddr: str
    endpoint: str

    @property
    def target(self) -> str:
        """To speak to it at, as `parse_target` reads it: the sender's address with the port of the service."""
        parts = urlsplit(self.xaddr)
        secure = parts.scheme == "https"
        usual = TLS_PORT if secure else HTTP_PORT
        host = self.address if parts.port in (None, usual) else f"{self.address}:{parts.port}"
        return f"onvifs://{host}" if secure else host


def discover(
    *,
    clock: Clock,
    hosts: Sequence[str] = (),
    interfaces: Sequence[str] | None = None,
    patience: float = PATIENCE_S,
    port: int = PORT,
    stop: threading.Event | None = None,
) -> tuple[Sighting, ...]:
    """All cameras that answer within `patience` seconds, or until `stop` is set, each once, ordered by address.

    Asked are the networks of `interfaces` (None: all there are, loopback too; by name), and each of `hosts` by itself.
    What cannot be asked or understood is passed over: no device may hide the others.
    """
    found: dict[str, Sighting] = {}
    stop = stop or threading.Event()
    with ExitStack() as opened:
        asked: list[tuple[socket.socket, Sequence[str]]] = []
        for index, name in socket.if_nameindex():
            if interfaces is None or name in interfaces:
                asked.append((opened.enter_context(_open(index)), (GROUP,)))
        for start in range(0, len(hosts), _HOSTS_PER_SOCKET):
            asked.append((opened.enter_context(_open()), hosts[start : start + _HOSTS_PER_SOCKET]))
        for one, targets in asked:
            for probe in map(_probe, _TYPES):
                _send(one, probe, targets, port)
        until = clock.monotonic() + patience

        def is_over() -> bool:
            return stop.is_set() or clock.monotonic() >= until or len(found) >= FOUND_MAX

        while not is_over():
            for one, _ in asked:
                for sighting in _answers(one, is_over):
                    _note(found, sighting)
            clock.wait(_RECEIVE_S, stop)
    return tuple(sorted(found.values(), key=lambda sighting: (_sortable(sighting.address), sighting.xaddr)))


def _note(found: dict[str, Sighting], sighting: Sighting) -> None:
    """Who is seen by several interfaces counts as seen at the address that it calls its own."""
    key = sighting.endpoint or sighting.xaddr
    if key not in found or urlsplit(sighting.xaddr).hostname == sighting.address:
        found[key] = sighting


def read_matches(raw: bytes, sender: str) -> Iterator[Sighting]:
    """What a datagram from `sender` announces; nothing if there is no camera in it that can be reached over HTTP.

    Prefixes that nobody declared, missing headers, garbage round the XML and wrong encodings are put up with.
    """
    text = _UNREADABLE.sub("", raw.decode("utf-8", "replace"))
    text = re.sub(r"<\?[^>]*>?", "", text)
    start = max(0, text.find("<"))
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    tree = etree.fromstring(text[start:].encode(), parser) if text[start:] else None
    if tree is None:
        return
    for match in tree.iter(etree.Element):
        if _local(match.tag) == "ProbeMatch":
            yield from _sighting(match, sender)


def _sighting(match: Any, sender: str) -> Iterator[Sighting]:
    said: dict[str, str] = {}
    for element in match.iter(etree.Element):
        said.setdefault(_local(element.tag), " ".join((element.text or "").split()))
    xaddrs = sorted(filter(_is_address, said.get("XAddrs", "").split()), key=lambda xaddr: _rank(xaddr, sender))
    scopes = re.split(r"\s+(?=\w+:)", said.get("Scopes", ""))  # names with blanks in them are not always escaped
    if xaddrs:
        yield Sighting(sender, _scope(scopes, "name"), _scope(scopes, "hardware"), xaddrs[0], said.get("Address", ""))


def _local(tag: str) -> str:
    return re.split(r"[}:]", tag)[-1]  # a prefix that was not declared stays in the name


def _scope(scopes: Iterable[str], kind: str) -> str:
    start = f"onvif://www.onvif.org/{kind}/"
    return next((unquote(scope[len(start) :]) for scope in scopes if scope.lower().startswith(start)), "")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _rank(xaddr: str, sender: str) -> tuple[bool, bool]:
    """The sender's own address first, then any of IPv4."""
    host = urlsplit(xaddr).hostname or ""
    return host != sender, ":" in host


def _open(interface: int | None = None) -> socket.socket:
    """A socket of its own, which sends to groups by the interface of this index."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setblocking(False)
    if interface is not None:
        with suppress(OSError):  # without IPv4: then sending fails too
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mreqn(index=interface))
    return one


def _send(one: socket.socket, probe: bytes, hosts: Iterable[str], port: int) -> None:
    for host in hosts:
        with suppress(OSError):  # no route, no such host, interface down: the others are asked all the same
            one.sendto(probe, (host, port))


def _answers(one: socket.socket, is_over: Callable[[], bool]) -> Iterator[Sighting]:
    """What has come; who sends without end keeps us neither from the other sockets nor beyond our time."""
    for _ in range(_AT_ONCE):
        if is_over():
            return
        try:
            raw, sender = one.recvfrom(65535)
        except BlockingIOError:
            return
        except OSError:
            continue  # a host said that nobody listens there
        yield from read_matches(raw, sender[0])


def _sortable(address: str) -> tuple[int, ...]:
    return tuple(int(part) for part in address.split("."))


def _probe(types: str) -> bytes:
    wanted = f"<d:Types>{types}</d:Types>" if types else ""
    reply = f"<a:ReplyTo><a:Address>{ANONYMOUS}</a:Address></a:ReplyTo>"
    return envelope("Probe", wanted, to=EVERYBODY, headers=reply)
