"""What those who search are told, and what everybody is: WS-Discovery's messages from a device."""

from collections.abc import Iterator
from itertools import count
from xml.sax.saxutils import escape

from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.match import TYPES, is_meant
from vigilanza.bridge.onvif_device.soap import Element, invalid, read_envelope
from vigilanza.wsdiscovery import ANONYMOUS, EVERYBODY, NAMESPACES, envelope

_MESSAGE_ID_MAX = 200


class Replies:
    """Makes the messages of one run of a device, numbered."""

    def __init__(self, identity: Identity, *, started: int) -> None:
        """`started`: Unix seconds, at which what is told may have changed: it becomes the MetadataVersion."""
        self._identity, self._started = identity, started
        self._numbers: Iterator[int] = count(1)

    def to(self, raw: bytes, xaddr: str) -> bytes | None:
        """The answer to a message; None if it wants none of us. Fault if it is no message at all."""
        message = read_envelope(raw)
        probe, resolve = (message.find(f"s:Body/d:{name}", NAMESPACES) for name in ("Probe", "Resolve"))
        if probe is not None:
            kind, means_us = "Probe", is_meant(probe, self._identity.scopes)
        elif resolve is not None:
            kind, means_us = "Resolve", self._is_ours(resolve)
        else:
            return None
        asked = str(message.findtext("s:Header/a:MessageID", "", NAMESPACES) or "").strip()
        if not 0 < len(asked) <= _MESSAGE_ID_MAX:
            raise invalid("a message without an identifier that can be repeated")
        if not means_us:
            return None
        inside = f"<d:{kind}Match>{self._told(xaddr)}</d:{kind}Match>"
        relates = f"<a:RelatesTo>{escape(asked)}</a:RelatesTo>"
        return self._message(f"{kind}Matches", inside, to=ANONYMOUS, headers=relates)

    def hello(self, xaddr: str) -> bytes:
        """We are here."""
        return self._message("Hello", self._told(xaddr), to=EVERYBODY)

    def bye(self) -> bytes:
        """We are about to leave."""
        return self._message("Bye", self._reference(), to=EVERYBODY)

    def _is_ours(self, resolve: Element) -> bool:
        wanted = resolve.findtext("a:EndpointReference/a:Address", "", NAMESPACES)
        return str(wanted or "").strip().lower() == self._identity.endpoint

    def _told(self, xaddr: str) -> str:
        scopes = escape(" ".join(self._identity.scopes))
        return (
            f"{self._reference()}<d:Types>{TYPES}</d:Types><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>{escape(xaddr)}</d:XAddrs><d:MetadataVersion>{self._started}</d:MetadataVersion>"
        )

    def _reference(self) -> str:
        return f"<a:EndpointReference><a:Address>{self._identity.endpoint}</a:Address></a:EndpointReference>"

    def _message(self, kind: str, inside: str, *, to: str, headers: str = "") -> bytes:
        sequence = f'<d:AppSequence InstanceId="{self._started}" MessageNumber="{next(self._numbers)}"/>'
        return envelope(kind, inside, to=to, headers=headers + sequence)
