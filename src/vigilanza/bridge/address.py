"""Which network address an alert may be sent to."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

from vigilanza.domain.errors import ChannelUnavailable

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Host name and port to addresses; OSError if there are none."""

ADDRESSES_MAX = 4
"""So many of a name's addresses are tried within one attempt: one dead network path must not silence an alarm."""


def system_resolve(host: str, port: int) -> list[str]:
    """The machine's own resolver, addresses in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_allowed(address: str, *, allow_loopback: bool) -> bool:
    """Whether alerts may go to `address` at all.

    The receivers are named by the administrator, never by a stranger, and municipal ones are reached through private
    networks: these are allowed. Never allowed are link-local (a cloud's metadata service), multicast and unspecified
    addresses, and loopback outside tests and demonstrations: no receiver is there, so a name that leads there has
    been tampered with or mistyped.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return allow_loopback
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_reserved and ip.version == 4))


def pin_addresses(host: str, port: int, *, resolve: Resolve, allow_loopback: bool, timeout: float) -> list[str]:
    """Resolve once and choose, the resolver's first choice first: the caller connects to these very addresses, so
    that the check cannot be evaded afterwards. At least one, at most ADDRESSES_MAX.

    ChannelUnavailable if the name does not resolve within `timeout` seconds, or to forbidden addresses only: names
    heal by themselves, so the alert stays due instead of waiting for a person.
    """
    found: list[str] = []
    failure: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(resolve(host, port))
        except OSError as error:
            failure.append(error)

    # The system's resolver knows no deadline of its own.
    thread = threading.Thread(target=look_up, name=f"resolve-{host}", daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        raise ChannelUnavailable(f"{host}: the name was not resolved in {timeout:.0f} s")
    if failure:
        raise ChannelUnavailable(f"{host}: the name does not resolve ({failure[0]})") from failure[0]
    allowed = [address for address in found if is_allowed(address, allow_loopback=allow_loopback)]
    if not allowed:
        raise ChannelUnavailable(f"{host}: leads only to forbidden addresses")
    return allowed[:ADDRESSES_MAX]
