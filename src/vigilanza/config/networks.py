"""Networks in which the page's server may look for cameras."""

import ipaddress
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""RFC 1918 and RFC 4193: where cameras are."""


def read_network(value: str) -> Network:
    """ValueError, which says how to write one."""
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        raise ValueError("no network: write its first address and its length, such as 192.168.1.0/24") from None


def _network(value: str) -> str:
    read_network(value)
    return value


CameraNetwork: TypeAlias = Annotated[str, AfterValidator(_network)]
