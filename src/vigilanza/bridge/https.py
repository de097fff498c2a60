"""Something that is posted over HTTPS: to a pinned address, within one deadline, nowhere else.

Without encryption only where it is asked for by `plain_http`.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from vigilanza import __version__
from vigilanza.bridge.address import Resolve, is_allowed, pin_addresses, system_resolve
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.clock import Clock
from vigilanza.domain.delivery import SignOfLife
from vigilanza.domain.errors import ChannelUnavailable, ConfigError

DEADLINE_SECONDS = 10.0
"""For a whole attempt, from the name's resolution to the last byte of the answer."""
ANSWER_MAX_BYTES = 16_384
_TRY_AGAIN = (408, 425, 429)
_RETRY_AFTER = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, of which at most ANSWER_MAX_BYTES of the body are kept. `retry_after`, of 429 and 503 only, in
    seconds from now.
    """

    status: int
    reason: str
    body: bytes
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
    """One URL. No proxy and no credentials are taken from the environment; no redirect is followed."""

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
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`name` begins every error; `ca_file`: trust this authority instead of the system's; `client_certificate`:
        PEM with key, for mTLS; `plain_http`: the URL is an http:// one, for receivers that know no encryption.
        ConfigError if the URL or a file cannot be used.
        """
        self.name, self._clock, self._plain_http = name, clock, plain_http
        self._url = _checked_url(name, url, scheme="http" if plain_http else "https", allow_loopback=allow_loopback)
        self._port = self._url.port or (80 if plain_http else 443)
        self._tls = _tls(name, ca_file, client_certificate)
        self._allow_loopback, self._deadline, self._resolve = allow_loopback, deadline, resolve

    def post(self, body: bytes, headers: Mapping[str, str], transcript: Transcript) -> Answer:
        """The receiver's answer, whatever it is. ChannelUnavailable if there is no whole one within the deadline."""
        began = self._clock.monotonic()
        addresses = self._addresses()
        left = max(0.0, self._deadline - (self._clock.monotonic() - began))
        transcript.sent(body)
        try:
            response, answer = asyncio.run(self._post(body, headers, addresses, left))
        except TimeoutError as error:
            raise ChannelUnavailable(f"{self.name}: no full answer in {self._deadline:.0f} s") from error
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise ChannelUnavailable(f"{self.name}: {type(error).__name__}: {error}") from error
        transcript.heard(f"{response.status_code} ".encode() + answer)
        reason = printable(response.reason_phrase, longest=40)
        return Answer(response.status_code, reason, answer, self._retry_after(response))

    def probe(self) -> SignOfLife:
        """A TLS handshake with the receiver, or a connection if it is plain, without a request. ChannelUnavailable if
        there is none.
        """
        began = self._clock.monotonic()
        failure: OSError | None = None
        addresses = self._addresses()
        for address in addresses:
            try:
                until = self._greet(address, self._deadline / len(addresses))
                return SignOfLife(self._clock.monotonic() - began, until)
            except OSError as error:
                failure = error
        raise ChannelUnavailable(f"{self.name}: {type(failure).__name__}: {failure}") from failure

    def _greet(self, address: str, seconds: float) -> float | None:
        """Until when the receiver's certificate is good; None if there is none. OSError if it cannot be reached."""
        with socket.create_connection((address, self._port), timeout=seconds) as plain:
            if self._plain_http:
                return None
            with self._tls.wrap_socket(plain, server_hostname=self._url.host) as line:
                certificate = line.getpeercert() or {}
                return float(ssl.cert_time_to_seconds(str(certificate["notAfter"])))

    def _addresses(self) -> list[str]:
        return pin_addresses(
            self._url.host,
            self._port,
            resolve=self._resolve,
            allow_loopback=self._allow_loopback,
            timeout=self._deadline,
        )

    async def _post(
        self, body: bytes, headers: Mapping[str, str], addresses: Sequence[str], seconds: float
    ) -> tuple[httpx.Response, bytes]:
        """The first address that takes a connection is the one that is asked."""
        own = {
            "host": self._url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "user-agent": f"vigilanza/{__version__}",
        }
        # One deadline for everything: httpx's own timeouts start again with every byte of a slow answer.
        patience = httpx.Timeout(None, connect=seconds / len(addresses))
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(verify=self._tls, trust_env=False, follow_redirects=False, timeout=patience) as client,
        ):
            for address in addresses[:-1]:
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._ask(client, address, {**headers, **own}, body)
            return await self._ask(client, addresses[-1], {**headers, **own}, body)

    async def _ask(
        self, client: httpx.AsyncClient, address: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[httpx.Response, bytes]:
        pinned, name = self._url.copy_with(host=address), {"sni_hostname": self._url.host}
        async with client.stream("POST", pinned, content=body, headers=headers, extensions=name) as response:
            answer = b""
            async for chunk in response.aiter_raw(chunk_size=4096):
                answer += chunk
                if len(answer) > ANSWER_MAX_BYTES:
                    break
            return response, answer[:ANSWER_MAX_BYTES]

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds from now; None if the receiver did not say, or nothing that can be read."""
        if response.status_code not in _RETRY_AFTER:
            return None
        asked = response.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self._clock.now())
        except ValueError:
            return None


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
        if client_certificate is not None:
            context.load_cert_chain(client_certificate)
    except OSError as error:
        raise ConfigError(f"{name}: a certificate file cannot be used ({error.strerror})") from error
    return context
