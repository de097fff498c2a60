"""Which stream of which ONVIF camera: onvif://HOST[:PORT][/PROFILE]."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORT = 80


@dataclass(frozen=True, slots=True)
class OnvifTarget:
    """`profile` is "main", "sub" or a profile's token; see `choose_profile`."""

    host: str
    port: int
    profile: str


def parse_target(text: str) -> OnvifTarget:
    """From onvif://HOST[:PORT][/PROFILE], or the same without the scheme; the profile is main if not given.

    ValueError, which does not repeat the text, if it is anything else or carries credentials.
    """
    try:
        parts = urlsplit(text if "://" in text else f"onvif://{text}")
        port = parts.port
    except ValueError:
        raise ValueError("not an address: give HOST, HOST:PORT or onvif://HOST:PORT") from None
    if "@" in parts.netloc:
        raise ValueError("a user and a password do not belong in an address")
    if parts.scheme != "onvif" or not parts.hostname or port == 0:
        raise ValueError("not an address: give HOST, HOST:PORT or onvif://HOST:PORT")
    if parts.query or parts.fragment:
        raise ValueError("after the host only the name of a profile: onvif://HOST:PORT/PROFILE")
    return OnvifTarget(parts.hostname, port or PORT, unquote(parts.path.strip("/")) or "main")
