"""HTTP digest authentication, the server's side: RFC 7616 with MD5 (the one of ONVIF core 5.9) and SHA-256."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping

from vigilanza.bridge.digest_header import read_digest
from vigilanza.bridge.onvif_device.verdict import Verdict
from vigilanza.clock import Clock

REALM = "Vigilanza"
GOOD_FOR_S = 300.0
"""A nonce; then the asker is told to take a new one, which clients do by themselves."""
NONCES_MAX = 5000
COUNTS_MAX = 10_000
"""Requests with one nonce."""
ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
"""The first one is offered first: some clients look at one challenge only."""


class Digest:
    """Judges what a request says in its Authorization header. Each nonce is ours, young, and counts up."""

    def __init__(self, *, passwords: Mapping[str, str], clock: Clock) -> None:
        self._passwords, self._clock = passwords, clock
        self._key = secrets.token_bytes(32)
        self._counts: OrderedDict[str, set[int]] = OrderedDict()
        self._forgotten_until = -1.0

    def challenges(self, *, stale: bool = False) -> list[str]:
        """The values of WWW-Authenticate, one for each algorithm."""
        nonce, more = self._issue(), ", stale=true" if stale else ""
        return [f'Digest realm="{REALM}", qop="auth", nonce="{nonce}", algorithm={name}{more}' for name in ALGORITHMS]

    def judge(self, header: str, *, method: str, target: str) -> Verdict:
        """`target` is the request's path with its query."""
        given = read_digest(header)
        user, nonce, count = given.get("username", ""), given.get("nonce", ""), given.get("nc", "")
        name = next((one for one in ALGORITHMS if one.lower() == given.get("algorithm", "MD5").lower()), None)
        if name is None or given.get("qop") != "auth" or given.get("realm") != REALM or not _is_count(count):
            return Verdict.MALFORMED
        if given.get("uri", "") not in (target, target.partition("?")[0]):
            return Verdict.MALFORMED
        if not self._is_proven(given, ALGORITHMS[name], method):
            return Verdict.WRONG
        return self._admit(nonce, int(count, 16)) if user in self._passwords else Verdict.WRONG

    def _is_proven(self, given: Mapping[str, str], algorithm: str, method: str) -> bool:
        def digest(text: str) -> str:
            return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

        # Nobody's password is hashed too, so that the time tells no names.
        user = given.get("username", "")
        ours = digest(f"{user}:{REALM}:{self._passwords.get(user, secrets.token_hex(8))}")
        asked = digest(f"{method}:{given['uri']}")
        wanted = digest(f"{ours}:{given.get('nonce', '')}:{given['nc']}:{given.get('cnonce', '')}:auth:{asked}")
        return hmac.compare_digest(wanted.encode(), given.get("response", "").lower().encode())

    def _admit(self, nonce: str, count: int) -> Verdict:
        """The nonce of one who knows the password."""
        made = self._made_at(nonce)
        now = self._clock.monotonic()
        if made is None or not 0.0 <= now - made <= GOOD_FOR_S or made <= self._forgotten_until:
            return Verdict.STALE
        seen = self._counts.setdefault(nonce, set())
        if count in seen:
            return Verdict.REPLAYED
        if len(seen) >= COUNTS_MAX:
            return Verdict.STALE
        seen.add(count)
        self._forget(now)
        return Verdict.GRANTED

    def _forget(self, now: float) -> None:
        """Old nonces first; what is forgotten while it might still be good is not believed any more."""
        while self._counts:
            oldest = next(iter(self._counts))
            made = self._made_at(oldest) or 0.0
            if now - made <= GOOD_FOR_S and len(self._counts) <= NONCES_MAX:
                return
            if now - made <= GOOD_FOR_S:
                self._forgotten_until = max(self._forgotten_until, made)
            del self._counts[oldest]

    def _issue(self) -> str:
        said = f"{self._clock.monotonic():.6f}.{secrets.token_hex(8)}"
        return f"{said}.{self._sign(said)}"

    def _made_at(self, nonce: str) -> float | None:
        said, _, signature = nonce.rpartition(".")
        if not hmac.compare_digest(self._sign(said).encode(), signature.encode()):
            return None
        return float(said.rpartition(".")[0])

    def _sign(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), "sha256").hexdigest()[:32]


def user_of(header: str) -> str:
    """The account that a Digest header names."""
    return read_digest(header).get("username", "")


def _is_count(text: str) -> bool:
    return len(text) == 8 and all(letter in "0123456789abcdefABCDEF" for letter in text)
