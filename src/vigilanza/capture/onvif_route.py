"""From the addresses a camera gives to those at which it can be reached."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from vigilanza.domain.errors import SourceUnavailable


@dataclass(frozen=True, slots=True)
class Route:
    """We reach the camera at `host`:`port`; it believes to be at `said_host`:`said_port`.

    A camera behind a router (NAT), or one that was given a new address, names another host than we must use.
    Its own port is then ours; other ports, as that of RTSP, are taken to be forwarded under their own number.
    `secure`: we speak by HTTPS, and to nothing of it otherwise, whatever it names.
    """

    host: str
    port: int
    said_host: str
    said_port: int
    secure: bool = False

    @staticmethod
    def learn(host: str, port: int, xaddr: str | None, *, secure: bool = False) -> "Route":
        """From the address that the camera gives for the very service we are speaking with."""
        said = _split(xaddr) if xaddr else None
        sent_on = said is not None and said.scheme.lower() == "https" and not secure  # to a port that is not ours
        if said is None or not said.hostname or sent_on:
            return Route(host, port, host, port, secure)
        return Route(host, port, said.hostname, said.port or _default_port(said.scheme), secure)

    def reach(self, url: str) -> str:
        """`url` with the host (and port) that we must use, and without credentials.

        SourceUnavailable if it is no URL, or nothing we may speak to.
        """
        parts = _split(url)
        if parts is None or not parts.hostname:
            raise SourceUnavailable("the camera gives an address that is none")
        port = parts.port or _default_port(parts.scheme)
        if (parts.hostname, port) == (self.said_host, self.said_port):
            port = self.port
        if self.secure and parts.scheme.lower() == "http":
            # Many name themselves by HTTP all the same: where that is the service we speak with, or the usual one.
            if port not in (self.port, _default_port("http")):
                raise SourceUnavailable(f"the camera gives an address that is not encrypted, at port {port}")
            parts, port = parts._replace(scheme="https"), self.port
        host = f"[{self.host}]" if ":" in self.host else self.host
        return urlunsplit(parts._replace(netloc=f"{host}:{port}"))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        # Some cameras give the port twice: http://192.0.2.6:8106:8106/onvif
        head, _, rest = url.strip().partition("://")
        host, _, path = rest.partition("/")
        name, *ports = host.rpartition("@")[2].split(":")
        if len(ports) < 2 or not ports[0].isdigit():
            return None
        return urlsplit(f"{head}://{name}:{ports[0]}/{path}")
    return parts if port is None or port > 0 else None


def _default_port(scheme: str) -> int:
    return {"rtsp": 554, "rtsps": 322, "https": 443}.get(scheme.lower(), 80)
