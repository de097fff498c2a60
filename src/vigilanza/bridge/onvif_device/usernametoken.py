"""WS-Security UsernameToken with password digest (OASIS UsernameToken Profile 1.0), the device's side."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping

from vigilanza.bridge.onvif_device.duration import moment
from vigilanza.bridge.onvif_device.soap import Fault, Request
from vigilanza.bridge.onvif_device.verdict import Verdict
from vigilanza.clock import Clock

NONCES_MAX = 10_000


class TokenCheck:
    """Every token counts once, and only within `skew` seconds of our clock."""

    def __init__(self, *, passwords: Mapping[str, str], skew: float, clock: Clock) -> None:
        self._passwords, self._skew, self._clock = passwords, skew, clock
        self._seen: OrderedDict[tuple[str, bytes], float] = OrderedDict()  # when each was made, by its own word
        self._forgotten_until = 0.0

    def judge(self, request: Request) -> Verdict:
        """Of a request that has a token."""
        user, proof = request.security("wsse:Username"), request.security("wsse:Password")
        created = request.security("wsu:Created")
        try:
            nonce = base64.b64decode(request.security("wsse:Nonce"), validate=True)
            made = moment(created)
        except (binascii.Error, ValueError, Fault):
            return Verdict.MALFORMED
        if not nonce or not proof:
            return Verdict.MALFORMED
        password = self._passwords.get(user, secrets.token_hex(8))
        digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
        if not hmac.compare_digest(base64.b64encode(digest), proof.encode()) or user not in self._passwords:
            return Verdict.WRONG
        if abs(made - self._clock.now()) > self._skew or made <= self._forgotten_until:
            return Verdict.CLOCK
        return self._once((user, nonce), made)

    def _once(self, token: tuple[str, bytes], made: float) -> Verdict:
        if token in self._seen:
            return Verdict.REPLAYED
        self._seen[token] = made
        now = self._clock.now()
        while self._seen:
            oldest = next(iter(self._seen))
            if abs(now - self._seen[oldest]) <= self._skew and len(self._seen) <= NONCES_MAX:
                break
            made_then = self._seen.pop(oldest)
            if abs(now - made_then) <= self._skew:
                self._forgotten_until = max(self._forgotten_until, made_then)
        return Verdict.GRANTED
