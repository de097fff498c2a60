"""`vigilanza discover`: which cameras there are on the network."""

import ipaddress
import json
import socket
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vigilanza.capture.discovery import Sighting, discover
from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError
from vigilanza.wsdiscovery import PORT

SUBNET_MAX = 1024
"""Addresses of one subnet: a /22."""
_PIPE_WIDTH = 200
"""Columns where the output goes into a file or another program, so that no address is cut."""


def hosts_of(subnets: Sequence[str], hosts: Sequence[str]) -> tuple[str, ...]:
    """All addresses to ask by themselves. ConfigError for a subnet that `read_subnet` refuses."""
    try:
        networks = [read_subnet(subnet) for subnet in subnets]
    except ValueError as error:
        raise ConfigError(f"--subnet: {error}") from error
    return (*(str(address) for network in networks for address in network.hosts()), *hosts)


def read_subnet(text: str) -> ipaddress.IPv4Network:
    """ValueError for what is none, of IPv6, or too large."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError as error:
        raise ValueError(f"{text!r} is no network such as 192.168.1.0/24") from error
    if network.num_addresses > SUBNET_MAX:
        raise ValueError(f"{text} has more than {SUBNET_MAX} addresses: ask in parts")
    return network


def show_cameras(
    *,
    hosts: Sequence[str],
    interfaces: Sequence[str],
    patience: float,
    port: int = PORT,
    as_json: bool,
    clock: Clock,
    console: Console,
) -> int:
    """Print who answers: 0, or 1 if nobody does. Without hosts and interfaces, all networks of this machine are asked.

    ConfigError for an interface that is not there. A host that is not known counts as one that does not answer.
    """
    known = [name for _, name in socket.if_nameindex()]
    for interface in interfaces:
        if interface not in known:
            raise ConfigError(f"--interface: no {interface!r} here, there is {', '.join(known)}")
    networks = None if not hosts and not interfaces else interfaces
    found = discover(clock=clock, hosts=hosts, interfaces=networks, patience=patience, port=port)
    if as_json:
        for sighting in found:
            console.print(
                json.dumps(_told(sighting), ensure_ascii=False), highlight=False, markup=False, soft_wrap=True
            )
    elif found:
        if not console.is_terminal:
            console.width = max(console.width, _PIPE_WIDTH)
        table = Table("address", "name", "hardware", "device service", box=None, pad_edge=False)
        for one in found:
            # Escaped: what a device calls itself may not paint on our screen.
            table.add_row(*map(escape, (one.target, one.name or "–", one.hardware or "–", one.xaddr)))
        console.print(table)
    else:
        console.print(
            "No camera answered. WS-Discovery does not cross routers: name --subnet or --host.", highlight=False
        )
    return 0 if found else 1


def _told(sighting: Sighting) -> dict[str, str]:
    return {
        "address": sighting.target,
        "name": sighting.name,
        "hardware": sighting.hardware,
        "xaddr": sighting.xaddr,
        "endpoint": sighting.endpoint,
    }
