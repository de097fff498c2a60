"""SOAP 1.2 as an ONVIF camera speaks it: reading a request, writing an answer."""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsrf": "http://docs.oasis-open.org/wsrf/r-2",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "tns1": "http://www.onvif.org/ver10/topics",
    "ter": "http://www.onvif.org/ver10/error",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())
_PREFIXES = {namespace: prefix for prefix, namespace in NAMESPACES.items()}


class SoapFault(Exception):
    """The request cannot be granted: `subcode` as in the ONVIF core specification, `reason` for people."""

    def __init__(self, subcode: str, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.subcode, self.reason, self.status = subcode, reason, status


@dataclass(frozen=True, slots=True)
class SoapRequest:
    """One request: `operation` is `prefix:Name` with a prefix of NAMESPACES; `path` is the URL's."""

    operation: str
    path: str
    _envelope: Any  # lxml has no types

    @staticmethod
    def parse(raw: bytes, path: str) -> "SoapRequest":
        """SoapFault if it is no SOAP 1.2."""
        try:
            envelope = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise SoapFault("ter:WellFormed", "not well-formed") from error
        first = envelope.find("s:Body/*", NAMESPACES)
        if first is None:
            raise SoapFault("ter:WellFormed", "no body")
        name = etree.QName(first)
        return SoapRequest(f"{_PREFIXES.get(name.namespace or '', '?')}:{name.localname}", path, envelope)

    def text(self, name: str) -> str:
        """Text of the first element with this local name in the body; empty if there is none."""
        return str(self._envelope.findtext(f"s:Body//{{*}}{name}", "", NAMESPACES) or "").strip()

    def security(self, name: str) -> str:
        """Text of an element of the WS-Security UsernameToken; empty if there is none."""
        return str(self._envelope.findtext(f"s:Header//wsse:UsernameToken/{name}", "", NAMESPACES) or "").strip()


def answer(body: str) -> bytes:
    """An envelope round `body`, which is XML with the prefixes of NAMESPACES."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<s:Envelope {_DECLARED}><s:Header/><s:Body>{body}</s:Body></s:Envelope>".encode()


def fault(error: SoapFault) -> bytes:
    """The envelope that refuses."""
    subcode = f"<s:Subcode><s:Value>{error.subcode}</s:Value></s:Subcode>"
    reason = f'<s:Reason><s:Text xml:lang="en">{escape(error.reason)}</s:Text></s:Reason>'
    return answer(f"<s:Fault><s:Code><s:Value>s:Sender</s:Value>{subcode}</s:Code>{reason}</s:Fault>")
