"""WS-Discovery (OASIS 2005/04) as ONVIF uses it: what those who search and those who are found have in common."""

import socket
import struct
import uuid

GROUP = "239.255.255.250"
PORT = 3702
DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": ADDRESSING,
    "d": DISCOVERY,
    "dn": "http://www.onvif.org/ver10/network/wsdl",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
}
ANONYMOUS = f"{ADDRESSING}/role/anonymous"
"""Whoever sent the message that is answered."""
EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
_DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())


def envelope(kind: str, inside: str, *, to: str, headers: str = "") -> bytes:
    """A message such as Probe, with `inside` in it; `inside` and `headers` are XML with the prefixes of NAMESPACES."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {_DECLARED}>'
        f"<s:Header><a:Action>{DISCOVERY}/{kind}</a:Action><a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>"
        f"{headers}<a:To>{to}</a:To></s:Header>"
        f"<s:Body><d:{kind}>{inside}</d:{kind}></s:Body></s:Envelope>"
    ).encode()


def mreqn(*, group: str = "0.0.0.0", address: str = "0.0.0.0", index: int = 0) -> bytes:
    """`struct ip_mreqn` of ip(7): a group, and an interface by an address of its own or by its index."""
    return struct.pack("=4s4si", socket.inet_aton(group), socket.inet_aton(address), index)
