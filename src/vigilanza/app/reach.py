"""Where the page's server may look for cameras: a technician's page must not become a way into other networks."""

import ipaddress
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from urllib.parse import urlsplit

from vigilanza.capture.name import SILENCE, NameLookup, is_address, unresolved
from vigilanza.capture.onvif_target import PORT, is_onvif, parse_target
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.config.networks import Network
from vigilanza.domain.errors import OutOfReach

LOOKUP_S = 3.0


class Reach:
    """On `networks`, and where the configuration has a camera; never this machine itself or a link of its own unless
    `networks` names it.
    """

    def __init__(self, networks: Sequence[Network], cameras: Sequence[Camera], *, clock: Clock) -> None:
        self._networks, self._clock = networks, clock
        self._named = {host for camera in cameras if (host := place_of(camera)[0]) is not None}

    def require_network(self, network: ipaddress.IPv4Network) -> None:
        """OutOfReach unless all of it may be asked."""
        if not any(isinstance(one, ipaddress.IPv4Network) and network.subnet_of(one) for one in self._networks):
            raise OutOfReach("subnets", f"{network} lies in none of web.camera_networks")

    def addresses(self, hosts: Sequence[str], *, field: str) -> list[str]:
        """At which each of `hosts` may be asked; names are looked up once, so that what was checked is what is asked.

        All within LOOKUP_S. OutOfReach; NameUnresolved.
        """
        until = self._clock.monotonic() + LOOKUP_S
        asked = {host: NameLookup(host).ask() for host in hosts if not is_address(host)}
        return [self._first(host, _told(host, asked, until - self._clock.monotonic()), field) for host in hosts]

    def _first(self, host: str, found: Sequence[str], field: str) -> str:
        for address in found:
            if self._may(host, address):
                return str(ipaddress.ip_address(address))  # in the one form that who is sent on is compared with
        raise OutOfReach(field, f"{host} lies in none of web.camera_networks, and is no camera of the configuration")

    def _may(self, host: str, address: str) -> bool:
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if any(ip in network for network in self._networks):
            return True
        special = ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved
        return host.lower() in self._named and not special


def place_of(camera: Camera) -> tuple[str | None, int | None]:
    """Host in small letters, and the port of its ONVIF service; None for what is not known."""
    if not isinstance(camera.source, str):
        return None, None
    if is_onvif(camera.source):
        target = parse_target(camera.source)
        return target.host.lower(), target.port
    return urlsplit(camera.source).hostname, None


class Known:
    """Which configured camera an address is. Names are looked up meanwhile; those not told by then match nothing."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self._places = [(camera.id, *place_of(camera)) for camera in cameras]
        hosts = {host for _, host, _ in self._places if host is not None and not is_address(host)}
        self._asked = {host: NameLookup(host).ask() for host in hosts}

    def camera(self, host: str, port: int = PORT) -> str | None:
        """Its id."""
        for camera, known, at in self._places:
            if at in (None, port) and known is not None and host.lower() in (known, *self._addresses(known)):
                return camera
        return None

    def _addresses(self, host: str) -> tuple[str, ...]:
        asked = self._asked.get(host)
        return () if asked is None or not asked.done() or asked.exception() is not None else asked.result()


def _told(host: str, asked: Mapping[str, Future[tuple[str, ...]]], seconds: float) -> tuple[str, ...]:
    if host not in asked:
        return (host,)
    try:
        return asked[host].result(max(0.0, seconds))
    except TimeoutError:
        raise unresolved(host, SILENCE) from None
