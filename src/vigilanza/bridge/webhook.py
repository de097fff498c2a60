"""CloudEvents 1.0 by HTTPS webhook with Standard Webhooks 1.0.0 signatures.

What an answer means:

2xx, read to its end        receipt
408 425 429 5xx             unavailable; `Retry-After` is honoured on 429 and 503
3xx                         refused: never followed; a healthy server that is not the receiver means a wrong URL
410, every other 4xx        refused: the receiver understood and said no
no answer, a cut or garbled one, not done in 10 s, TLS failure, name not resolved    unavailable
"""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from vigilanza import __version__
from vigilanza.bridge.address import Resolve, is_allowed, pin_addresses, system_resolve
from vigilanza.bridge.cloudevents import CONTENT_TYPE, encode_alert
from vigilanza.bridge.signature import Signer
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Destination, Receipt
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, ConfigError

DEADLINE_SECONDS = 10.0
"""For a whole attempt, from the name's resolution to the last byte of the answer."""
BODY_MAX_BYTES = 20_000
ANSWER_MAX_BYTES = 16_384
_TRY_AGAIN = (408, 425, 429)
_RETRY_AFTER = (429, 503)


class WebhookChannel:
    """One receiver. HTTPS only; no proxy and no credentials are taken from the environment."""

    def __init__(
        self,
        *,
        destination: Destination,
        url: str,
        secret: str,
        previous_secret: str | None = None,
        site: str,
        clock: Clock,
        ca_file: Path | None = None,
        client_certificate: Path | None = None,
        allow_loopback: bool = False,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`ca_file`: trust this authority instead of the system's; `client_certificate`: PEM with key, for mTLS.

        ConfigError if the URL, a secret or a file cannot be used.
        """
        self._name, self._site, self._clock = destination.id, site, clock
        self._url = _checked_url(url, allow_loopback=allow_loopback)
        self._signer = Signer([secret] if previous_secret is None else [secret, previous_secret])
        self._tls = _tls(ca_file, client_certificate)
        self._allow_loopback, self._deadline, self._resolve = allow_loopback, deadline, resolve

    def send(self, alert: Alert) -> Receipt:
        """POST the alert, waiting at most the deadline in all; see the table above."""
        body = encode_alert(alert, site=self._site)
        if len(body) >= BODY_MAX_BYTES:
            raise ChannelRefused(f"{self._name}: the alert has {len(body)} bytes, allowed are {BODY_MAX_BYTES}")
        began = self._clock.monotonic()
        addresses = pin_addresses(
            self._url.host,
            self._url.port or 443,
            resolve=self._resolve,
            allow_loopback=self._allow_loopback,
            timeout=self._deadline,
        )
        left = max(0.0, self._deadline - (self._clock.monotonic() - began))
        try:
            status, answer = asyncio.run(self._post(alert, body, addresses, left))
        except TimeoutError as error:
            raise ChannelUnavailable(f"{self._name}: no full answer in {self._deadline:.0f} s") from error
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise ChannelUnavailable(f"{self._name}: {type(error).__name__}: {error}") from error
        return self._receipt(status, answer)

    async def _post(
        self, alert: Alert, body: bytes, addresses: Sequence[str], seconds: float
    ) -> tuple[httpx.Response, bytes]:
        """The first address that takes a connection is the one that is asked."""
        headers = self._signer.headers(str(alert.id), self._clock.now(), body)
        headers |= {
            "content-type": CONTENT_TYPE,
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
                    return await self._ask(client, address, headers, body)
            return await self._ask(client, addresses[-1], headers, body)

    async def _ask(
        self, client: httpx.AsyncClient, address: str, headers: dict[str, str], body: bytes
    ) -> tuple[httpx.Response, bytes]:
        pinned, name = self._url.copy_with(host=address), {"sni_hostname": self._url.host}
        async with client.stream("POST", pinned, content=body, headers=headers, extensions=name) as response:
            answer = b""
            async for chunk in response.aiter_raw(chunk_size=4096):
                answer += chunk
                if len(answer) > ANSWER_MAX_BYTES:
                    break
            return response, answer[:ANSWER_MAX_BYTES]

    def _receipt(self, response: httpx.Response, answer: bytes) -> Receipt:
        status = response.status_code
        said = f"{self._name}: answered {status}"
        if 200 <= status < 300:
            return Receipt(_reference(response, answer))
        if status in _TRY_AGAIN or status >= 500 or status < 200:
            wait = self._retry_after(response) if status in _RETRY_AFTER else None
            raise ChannelUnavailable(said, retry_after=wait)
        if 300 <= status < 400:
            raise ChannelRefused(f"{said}, a redirect: the URL is not the receiver's")
        raise ChannelRefused(said)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds from now; None if the receiver did not say, or nothing that can be read."""
        asked = response.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self._clock.now())
        except ValueError:
            return None


def _checked_url(url: str, *, allow_loopback: bool) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ConfigError("webhook: not a URL") from error
    if parsed.scheme != "https" or not parsed.host:
        raise ConfigError("webhook: the URL must begin with https:// and name a host")
    if parsed.userinfo:
        raise ConfigError("webhook: no user name or password in the URL")
    try:
        allowed = is_allowed(parsed.host, allow_loopback=allow_loopback)
    except ValueError:
        return parsed  # a name: checked whenever it is resolved
    if not allowed:
        raise ConfigError(f"webhook: {parsed.host} is not an address a receiver can have")
    return parsed


def _tls(ca_file: Path | None, client_certificate: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if client_certificate is not None:
            context.load_cert_chain(client_certificate)
    except OSError as error:
        raise ConfigError(f"webhook: a certificate file cannot be used ({error.strerror})") from error
    return context


def _reference(response: httpx.Response, answer: bytes) -> str:
    """Status, the receiver's own id if it gave one (JSON `id` or `receipt`), and the digest of its answer.

    Printable ASCII only, so that every database takes it, whatever the receiver said.
    """
    parts = [f"{response.status_code} {_printable(response.reason_phrase)[:40]}".strip()]
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        given = document.get("receipt") or document.get("id")
        if isinstance(given, str | int) and (said := _printable(str(given))[:100]):
            parts.append(f"id {said}")
    parts.append(f"sha256 {hashlib.sha256(answer).hexdigest()}")
    return "; ".join(parts)


def _printable(said: str) -> str:
    return "".join(letter for letter in said if " " <= letter <= "~")
