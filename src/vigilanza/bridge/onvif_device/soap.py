"""SOAP 1.2 as ONVIF speaks it, the device's side: reading a request safely, writing an answer or a fault."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "wsrf": "http://docs.oasis-open.org/wsrf/r-2",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tmd": "http://www.onvif.org/ver10/deviceIO/wsdl",
    "tan": "http://www.onvif.org/ver20/analytics/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "tns1": "http://www.onvif.org/ver10/topics",
    "ter": "http://www.onvif.org/ver10/error",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "vgz": "urn:vigilanza:onvif:topics",
}
REQUEST_MAX_BYTES = 1_000_000
FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"
_PREFIXES = {namespace: prefix for prefix, namespace in NAMESPACES.items()}

Element: TypeAlias = Any
"""lxml has no types."""


class Fault(Exception):
    """The request cannot be granted: `subcode` as in the ONVIF core specification, `reason` for people.

    `receiver`: it is we who cannot; otherwise the request is to blame. `status` is that of HTTP, if not 500 and 400.
    """

    def __init__(
        self, subcode: str, reason: str, *, receiver: bool = False, status: int = 0, detail: Element = None
    ) -> None:
        super().__init__(reason)
        self.subcode, self.reason, self.receiver, self.detail = subcode, reason, receiver, detail
        self.status = status or (500 if receiver else 400)


def not_supported(operation: str) -> Fault:
    """What is asked is not offered."""
    return Fault("ter:ActionNotSupported", f"{operation} is not supported", receiver=True)


def invalid(reason: str, subcode: str = "ter:InvalidArgVal") -> Fault:
    """An argument that will not do."""
    return Fault(subcode, reason)


def read_envelope(raw: bytes) -> Element:
    """The envelope of a SOAP 1.2 message. Fault if it is none. No entity is resolved, nothing is fetched."""
    # Not huge: at most 256 elements within each other, and no text or name of more than 10 MB.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        envelope = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Fault("ter:WellFormed", "not well-formed") from error
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise Fault("ter:WellFormed", "a document type is not allowed")  # SOAP 1.2 part 1, section 5
    if envelope.tag != qname("s:Envelope"):
        raise Fault("ter:WellFormed", "no SOAP 1.2 envelope")
    return envelope


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `operation` is `prefix:Name` with a prefix of NAMESPACES; `path` is the URL's, `base` its beginning
    as the asker wrote it (scheme, host and port).
    """

    operation: str
    path: str
    base: str
    body: Element
    envelope: Element

    @staticmethod
    def parse(raw: bytes, *, path: str, base: str) -> "Request":
        """Fault if it is no SOAP 1.2 (see read_envelope)."""
        envelope = read_envelope(raw)
        first = envelope.find("s:Body/*", NAMESPACES)
        if first is None or not isinstance(first.tag, str):
            raise Fault("ter:WellFormed", "no body")
        name = etree.QName(first)
        prefix = _PREFIXES.get(name.namespace or "", "?")
        return Request(f"{prefix}:{name.localname}", path, base, first, envelope)

    def text(self, name: str, within: str = "") -> str:
        """Text of the first element with this local name in the body (or in the first one called `within`); else ""."""
        found = self.find(within) if within else self.body
        return "" if found is None else str(found.findtext(f".//{{*}}{name}") or "").strip()

    def find(self, name: str) -> Element:
        """The first element with this local name in the body; None if there is none."""
        return self.body.find(f".//{{*}}{name}")

    @property
    def message_id(self) -> str:
        """Of WS-Addressing; empty if the asker gave none."""
        return str(self.envelope.findtext("s:Header/wsa:MessageID", "", NAMESPACES) or "").strip()

    def security(self, name: str) -> str:
        """Text of an element of the WS-Security UsernameToken, e.g. wsse:Nonce; empty if there is none."""
        return str(self.envelope.findtext(f"s:Header//wsse:UsernameToken/{name}", "", NAMESPACES) or "").strip()

    @property
    def has_token(self) -> bool:
        """Whether it carries a UsernameToken at all."""
        return self.envelope.find("s:Header//wsse:UsernameToken", NAMESPACES) is not None


def qname(name: str) -> str:
    """`tt:Uri` as lxml wants it; a name without prefix has no namespace."""
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name


def element(name: str, *content: "Element | str | int | float | None", **attributes: object) -> Element:
    """An element with text or elements in it; None is left out. Attributes are without namespace."""
    made = etree.Element(qname(name), nsmap=NAMESPACES)
    for key, value in attributes.items():
        made.set(key, words(value))
    for part in content:
        if part is None:
            continue
        if isinstance(part, str | int | float):
            made.text = (made.text or "") + words(part)
        else:
            made.append(part)
    return made


def words(value: object) -> str:
    """A value as XML Schema writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def answer(body: Element, *, action: str = "", relates_to: str = "") -> bytes:
    """An envelope round `body`, with the headers of WS-Addressing that are given."""
    header = element("s:Header")
    if action:
        header.append(element("wsa:Action", action))
    if relates_to:
        header.append(element("wsa:RelatesTo", relates_to))
    envelope = element("s:Envelope", header, element("s:Body", body))
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def fault(error: Fault, *, relates_to: str = "") -> bytes:
    """The envelope that refuses."""
    code = element(
        "s:Code",
        element("s:Value", "s:Receiver" if error.receiver else "s:Sender"),
        element("s:Subcode", element("s:Value", error.subcode)),
    )
    said = element("s:Text", error.reason)
    said.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    detail = None if error.detail is None else element("s:Detail", error.detail)
    body = element("s:Fault", code, element("s:Reason", said), detail)
    return answer(body, action=FAULT_ACTION, relates_to=relates_to)
