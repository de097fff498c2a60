"""Something that is posted over HTTPS: to a pinned address, within one deadline, nowhere else.

Without encryption only where it is asked for by `plain_http`.
"""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import h11
import httpx

from vigilanza import __version__
from vigilanza.bridge.address import Resolve, is_allowed, pin_addresses, system_resolve
from vigilanza.bridge.http_connection import HttpConnection, Response
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.clock import Clock
from vigilanza.domain.delivery import SignOfLife
from vigilanza.domain.errors import ChannelUnavailable, ConfigError

DEADLINE_SECONDS = 10.0
"""For a whole attempt, from the name's resolution to the last byte of the answer."""
KEEP_SECONDS = 300.0
"""No connection is older when it is used: certificates are looked at again at least so often."""
KEEP_IDLE_SECONDS = 10.0
"""No connection is used after having been idle for longer: firewalls forget such ones without a word, and an alarm
would wait in vain until its deadline.
"""
_TRY_AGAIN = (408, 425, 429)
_RETRY_AFTER = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; at most ANSWER_MAX_BYTES of the body are kept, `headers` have their names in small letters.
    `retry_after`, of 429 and 503 only, in seconds from now.
    """

    status: int
    reason: str
    body: bytes
    headers: Mapping[str, str]
    retry_after: float | None = None

    @property
    def is_passing(self) -> bool:
        """Not the receiver's last word: the same may be asked again."""
        return self.status in _TRY_AGAIN or self.status >= 500 or self.status < 200

    @property
    def line(self) -> str:
        """Status and reason in printable ASCII."""
        return f"{self.status} {self.reason}".strip()


class HttpsLine:
    """One URL. No proxy and no credentials are taken from the environment; no redirect is followed.

    Used by one thread at a time, unless nothing is kept open (see `idempotent`).
    """

    def __init__(
        self,
        *,
        name: str,
        url: str,
        clock: Clock,
        ca_file: Path | None = None,
        client_certificate: Path | None = None,
        plain_http: bool = False,
        allow_loopback: bool = False,
        idempotent: bool = False,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`name` begins every error; `ca_file`: trust this authority instead of the system's; `client_certificate`:
        PEM with key, for mTLS; `plain_http`: the URL is an http:// one, for receivers that know no encryption.

        `idempotent`: the receiver knows a message again, so that it counts once however often it is posted. Only then
        is the connection kept for the next message: if the receiver closes it just as a message is on its way, nobody
        can know whether that has arrived, and it is posted once more.

        ConfigError if the URL or a file cannot be used.
        """
        self.name, self._clock, self._idempotent = name, clock, idempotent
        self._url = _checked_url(name, url, scheme="http" if plain_http else "https", allow_loopback=allow_loopback)
        self._port = self._url.port or (80 if plain_http else 443)
        tls = _tls(name, ca_file, client_certificate)
        self._tls = None if plain_http else tls
        self._allow_loopback, self._deadline, self._resolve = allow_loopback, deadline, resolve
        self._kept: HttpConnection | None = None

    def post(self, body: bytes, headers: Mapping[str, str], transcript: Transcript) -> Answer:
        """The receiver's answer, whatever it is. ChannelUnavailable if there is no whole one within the deadline."""
        return self._request(_Question("POST", headers, body), transcript, within=self._deadline)

    def options(self, headers: Mapping[str, str], *, within: float) -> Answer:
        """What it says to OPTIONS. ChannelUnavailable if there is no whole answer `within` so many seconds."""
        return self._request(_Question("OPTIONS", headers, b""), Transcript(), within=min(within, self._deadline))

    def _request(self, question: "_Question", transcript: Transcript, *, within: float) -> Answer:
        until = self._clock.monotonic() + within
        addresses = self._addresses()
        try:
            response = self._over_a_line(question, addresses, until, transcript)
        except TimeoutError as error:
            raise ChannelUnavailable(f"{self.name}: no full answer in {within:.0f} s") from error
        except (h11.ProtocolError, OSError) as error:
            raise ChannelUnavailable(f"{self.name}: {type(error).__name__}: {error}") from error
        transcript.heard(f"{response.status} ".encode() + response.body)
        reason = printable(response.reason, longest=40)
        return Answer(response.status, reason, response.body, response.headers, self._retry_after(response))

    def probe(self) -> SignOfLife:
        """A TLS handshake with the receiver, or a connection if it is plain, without a request. ChannelUnavailable if
        there is none.
        """
        self.close()
        began = self._clock.monotonic()
        try:
            connection = self._open(self._addresses(), began + self._deadline)
        except OSError as error:
            raise ChannelUnavailable(f"{self.name}: {type(error).__name__}: {error}") from error
        seconds, good_until = self._clock.monotonic() - began, connection.certificate_until()
        connection.close()
        return SignOfLife(seconds, good_until)

    def close(self) -> None:
        """Nothing is held open afterwards."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _addresses(self) -> list[str]:
        return pin_addresses(
            self._url.host,
            self._port,
            resolve=self._resolve,
            allow_loopback=self._allow_loopback,
            timeout=self._deadline,
        )

    def _over_a_line(
        self, question: "_Question", addresses: Sequence[str], until: float, transcript: Transcript
    ) -> Response:
        kept = self._take_kept(addresses)
        if kept is not None:
            transcript.sent(question.body)
            try:
                return self._ask(kept, question, until)
            except (h11.ProtocolError, OSError) as error:
                if kept.heard or isinstance(error, TimeoutError):
                    raise
            # The receiver closed it just now, as they do with idle ones.
        connection = self._open(addresses, until)
        transcript.sent(question.body)
        return self._ask(connection, question, until)

    def _ask(self, connection: HttpConnection, question: "_Question", until: float) -> Response:
        headers = {
            "host": self._url.netloc.decode("ascii"),
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": f"vigilanza/{__version__}",
            **question.headers,
        }
        try:
            target = self._url.raw_path.decode("ascii")
            return connection.ask(question.method, target, headers, question.body, until=until)
        finally:
            if self._idempotent and connection.is_ready():
                self._kept = connection
            else:
                connection.close()

    def _take_kept(self, addresses: Sequence[str]) -> HttpConnection | None:
        """The connection of the last message, if it may be used once more: it leads where the name leads now."""
        kept, self._kept = self._kept, None
        if kept is None:
            return None
        young = kept.age() < KEEP_SECONDS and kept.idle() < KEEP_IDLE_SECONDS
        if kept.address in addresses and young and kept.is_ready():
            return kept
        kept.close()
        return None

    def _open(self, addresses: Sequence[str], until: float) -> HttpConnection:
        """To the first address that takes a connection; each may use its share of the time that is left."""
        *others, last = addresses
        for left, address in zip(range(len(addresses), 1, -1), others, strict=True):
            now = self._clock.monotonic()
            with suppress(OSError):
                return self._open_one(address, now + (until - now) / left)
        return self._open_one(last, until)

    def _open_one(self, address: str, until: float) -> HttpConnection:
        return HttpConnection.open(
            address, self._port, until=until, clock=self._clock, tls=self._tls, name=self._url.host
        )

    def _retry_after(self, response: Response) -> float | None:
        """Seconds from now; None if the receiver did not say, or nothing that can be read."""
        if response.status not in _RETRY_AFTER:
            return None
        asked = response.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self._clock.now())
        except (ValueError, OverflowError):  # the latter of a time zone that is years away
            return None


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    headers: Mapping[str, str]
    body: bytes


def _checked_url(name: str, url: str, *, scheme: str, allow_loopback: bool) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ConfigError(f"{name}: not a URL") from error
    if parsed.scheme != scheme or not parsed.host:
        raise ConfigError(f"{name}: the URL must begin with {scheme}:// and name a host")
    if parsed.userinfo:
        raise ConfigError(f"{name}: no user name or password in the URL")
    try:
        allowed = is_allowed(parsed.host, allow_loopback=allow_loopback)
    except ValueError:
        return parsed  # a name: checked whenever it is resolved
    if not allowed:
        raise ConfigError(f"{name}: {parsed.host} is not an address a receiver can have")
    return parsed


def _tls(name: str, ca_file: Path | None, client_certificate: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
        context.set_alpn_protocols(["http/1.1"])
        if client_certificate is not None:
            context.load_cert_chain(client_certificate)
    except OSError as error:
        raise ConfigError(f"{name}: a certificate file cannot be used ({error.strerror})") from error
    return context
