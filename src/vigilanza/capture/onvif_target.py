"""Which stream of which ONVIF camera: onvif://HOST[:PORT][/PROFILE], or onvifs:// where it is asked by HTTPS."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

PORT, TLS_PORT = 80, 443
_SCHEMES = ("onvif", "onvifs")


@dataclass(frozen=True, slots=True)
class OnvifTarget:
    """`profile` is "main", "sub" or a profile's token; see `choose_profile`. `secure`: asked by HTTPS."""

    host: str
    port: int
    profile: str
    secure: bool = False

    @property
    def where(self) -> str:
        """The camera, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"onvif{'s' if self.secure else ''}://{host}:{self.port}"


def is_onvif(stream: str | Path) -> bool:
    """Whether a stream is asked for by ONVIF."""
    return isinstance(stream, str) and stream.lower().startswith(tuple(f"{scheme}://" for scheme in _SCHEMES))


def parse_target(text: str) -> OnvifTarget:
    """From onvif://HOST[:PORT][/PROFILE] or onvifs://…; onvif if there is no scheme, main if there is no profile.

    ValueError, which does not repeat the text, if it is anything else or carries credentials.
    """
    try:
        parts = urlsplit(text if "://" in text else f"onvif://{text}")
        port = parts.port
    except ValueError:
        raise ValueError("not an address: give HOST, HOST:PORT or onvif://HOST:PORT") from None
    if "@" in parts.netloc:
        raise ValueError("a user and a password do not belong in an address")
    if parts.scheme not in _SCHEMES or not parts.hostname or port == 0:
        raise ValueError("not an address: give HOST, HOST:PORT or onvif://HOST:PORT")
    if parts.query or parts.fragment:
        raise ValueError("after the host only the name of a profile: onvif://HOST:PORT/PROFILE")
    secure = parts.scheme == "onvifs"
    usual = TLS_PORT if secure else PORT
    return OnvifTarget(parts.hostname, port or usual, unquote(parts.path.strip("/")) or "main", secure)
