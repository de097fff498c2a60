"""Whether the one who searches means us: types and scopes (WS-Discovery 2005/04, section 5.1; ONVIF core, 7.3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from vigilanza.bridge.onvif_device.soap import Element
from vigilanza.wsdiscovery import DISCOVERY, NAMESPACES

TYPES = "dn:NetworkVideoTransmitter tds:Device"
"""What we are, with the prefixes of wsdiscovery.NAMESPACES."""
WORDS_MAX = 64
"""Who names more types or scopes is not listened to."""


def is_meant(probe: Element, scopes: Sequence[str]) -> bool:
    """Whether every type and every scope that `probe` (d:Probe) names is ours; one that names none means everybody."""
    types, wanted = probe.find("d:Types", NAMESPACES), probe.find("d:Scopes", NAMESPACES)
    return (types is None or _has_types(types)) and (wanted is None or _has_scopes(wanted, scopes))


def _has_types(types: Element) -> bool:
    named = _words(types)
    return named is not None and all(_qualified(name, types.nsmap) in _OURS for name in named)


def _qualified(name: str, namespaces: Mapping[str | None, str]) -> tuple[str, str]:
    """Namespace and local name; a prefix that nobody declared leads to none of ours."""
    prefix, _, local = name.rpartition(":")
    return namespaces.get(prefix or None, ""), local


def _has_scopes(wanted: Element, scopes: Sequence[str]) -> bool:
    rule = _RULES.get(wanted.get("MatchBy", f"{DISCOVERY}/rfc3986").strip())
    named = _words(wanted)
    return rule is not None and named is not None and all(_any(rule, one, scopes) for one in named)


def _any(rule: Callable[[str, str], bool], wanted: str, scopes: Iterable[str]) -> bool:
    return any(rule(wanted, scope) for scope in scopes)


def _is_above(wanted: str, scope: str) -> bool:
    """Scheme and authority are the same, and the path of `wanted` begins the other's, segment by segment."""
    try:
        one, other = urlsplit(wanted), urlsplit(scope)
    except ValueError:
        return False
    segments, longer = ([unquote(part) for part in parts.path.rstrip("/").split("/")] for parts in (one, other))
    same = (one.scheme.lower(), one.netloc.lower()) == (other.scheme.lower(), other.netloc.lower())
    return same and not {".", ".."} & set(segments) and longer[: len(segments)] == segments


def _words(element: Element) -> list[str] | None:
    """None if there are too many."""
    words = (element.text or "").split()
    return words if len(words) <= WORDS_MAX else None


_RULES: Mapping[str, Callable[[str, str], bool]] = {
    f"{DISCOVERY}/rfc3986": _is_above,
    f"{DISCOVERY}/rfc2396": _is_above,  # its name before ONVIF said what it means today
    f"{DISCOVERY}/strcmp0": str.__eq__,
}
"""By their URIs. Who names another one is not answered."""
_OURS = frozenset((NAMESPACES[prefix], local) for prefix, _, local in (name.partition(":") for name in TYPES.split()))
