"""An identity provider, asked by OpenID Connect (Core 1.0, 3.1): authorization code with PKCE (RFC 7636)."""

import base64
import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from vigilanza.clock import Clock
from vigilanza.domain.identity import Identity, IdentityRefused, ProviderTerms

log = structlog.get_logger(__name__)

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Never `none`, and never one whose key the provider shares with us."""
TIMEOUT_S = 10.0
LEEWAY_S = 60
"""Between the provider's clock and ours."""
MAX_BYTES = 256 * 1024
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Attempt:
    """Random values of one sign-in: `nonce` comes back in the signed token, `verifier` proves that we asked."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


class IdentityProvider(Protocol):
    """Vouches for people."""

    @property
    def label(self) -> str:
        """What people call it."""

    def ask(self, attempt: Attempt) -> str:
        """The address to which the browser is sent. IdentityRefused if the provider cannot be reached."""

    def answer(self, attempt: Attempt, code: str) -> Identity:
        """Who came back. IdentityRefused."""


class OidcProvider:
    """Asks the provider for its addresses and keys at each sign-in: what it changed counts at once."""

    def __init__(self, terms: ProviderTerms, *, clock: Clock) -> None:
        self._terms, self._clock = terms, clock
        self.label = terms.label

    def ask(self, attempt: Attempt) -> str:
        with self._client() as client:
            where = self._addresses(client)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._terms.client_id,
            "redirect_uri": self._terms.redirect_url,
            "scope": "openid profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in (page := where["authorization_endpoint"]) else "?"
        return f"{page}{joint}{urlencode(asked)}"

    def answer(self, attempt: Attempt, code: str) -> Identity:
        with self._client() as client:
            where = self._addresses(client)
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._terms.redirect_url,
                "code_verifier": attempt.verifier,
            }
            auth = (self._terms.client_id, self._terms.client_secret)
            tokens = _json(client, "POST", where["token_endpoint"], data=form, auth=auth)
            keys = _json(client, "GET", where["jwks_uri"])
            claims = self._claims(tokens.get("id_token"), keys, attempt)
            if self._terms.roles_claim not in claims and "userinfo_endpoint" in where:
                claims |= self._more(client, where["userinfo_endpoint"], tokens.get("access_token"), claims["sub"])
        return self._identity(claims)

    def _client(self) -> httpx.Client:
        context = ssl.create_default_context(cafile=self._terms.ca_file)
        return httpx.Client(verify=context, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def _addresses(self, client: httpx.Client) -> Mapping[str, str]:
        issuer = self._terms.issuer
        said = _json(client, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise IdentityRefused("invalid", f"the provider calls itself {said.get('issuer')!r}, not {issuer!r}")
        where = {key: value for key, value in said.items() if isinstance(value, str)}
        for key in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not where.get(key, "").startswith(("https://", issuer.rstrip("/"))) or not _is_plain(where[key]):
                raise IdentityRefused("invalid", f"the provider's {key} is missing or not https://")
        return where

    def _claims(self, token: object, keys: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
        """OpenID Connect Core 1.0, 3.1.3.7."""
        if not isinstance(token, str):
            raise IdentityRefused("invalid", "the provider sent no ID token")
        now = int(self._clock.now())
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._terms.issuer},
            aud={"essential": True, "value": self._terms.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            usable = [key for key in keys.get("keys", ()) if key.get("use", "sig") == "sig"]
            read = jwt.decode(token, KeySet.import_key_set({"keys": usable}), algorithms=list(ALGORITHMS))
            rules.validate(read.claims)
        except (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise IdentityRefused("invalid", f"the provider's ID token does not hold: {error}") from error
        claims = dict(read.claims)
        if claims.get("azp", self._terms.client_id) != self._terms.client_id:
            raise IdentityRefused("invalid", "the provider's ID token was made for another program")
        return claims

    def _more(self, client: httpx.Client, where: str, token: object, subject: str) -> Mapping[str, Any]:
        if not isinstance(token, str):
            return {}
        said = _json(client, "GET", where, headers={"Authorization": f"Bearer {token}"})
        if said.get("sub") != subject:
            raise IdentityRefused("invalid", "the provider tells of somebody else than who signed in")
        return said

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        name, told = claims.get(self._terms.name_claim), claims.get(self._terms.roles_claim, ())
        values = [told] if isinstance(told, str) else told if isinstance(told, list | tuple) else ()
        known = [one for one in values if isinstance(one, str) and one in self._terms.roles]
        roles = frozenset(self._terms.roles[one] for one in known)
        return Identity(self._terms.issuer, _subject(claims), name if isinstance(name, str) else "", roles)


def _subject(claims: Mapping[str, Any]) -> str:
    """OpenID Connect Core 1.0, 2: at most 255 ASCII characters. IdentityRefused."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not _is_plain(subject):
        raise IdentityRefused("invalid", "the provider's subject is not 1 to 255 ASCII characters")
    return subject


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _json(client: httpx.Client, method: str, url: str, **told: Any) -> dict[str, Any]:
    """IdentityRefused unless the answer is a JSON object of decent size."""
    try:
        with client.stream(method, url, **told) as answer:
            raw = b""
            for chunk in answer.iter_bytes():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise IdentityRefused("invalid", f"{url} answers with more than {MAX_BYTES} bytes")
            if answer.status_code != httpx.codes.OK:
                log.warning("the identity provider refuses", url=url, status=answer.status_code)
                raise IdentityRefused("refused", f"{url} answers with {answer.status_code}")
            said = httpx.Response(200, content=raw).json()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        log.warning("the identity provider cannot be reached", url=url, why=str(error))
        raise IdentityRefused("unreachable", f"{url} cannot be reached: {error}") from error
    except (ValueError, RecursionError) as error:
        raise IdentityRefused("invalid", f"{url} does not answer in JSON that can be read") from error
    if not isinstance(said, dict):
        raise IdentityRefused("invalid", f"{url} does not answer with a JSON object")
    return said
