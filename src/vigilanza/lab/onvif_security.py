"""WS-Security UsernameToken with password digest, the camera's side (OASIS UsernameToken Profile 1.0)."""

import base64
import binascii
import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from vigilanza.lab.soap import SoapFault, SoapRequest

TOLERANCE_S = 60.0
"""Seconds a token's time may be off the camera's own clock; cameras refuse at values from 5 s to minutes."""
NONCES_KEPT = 1000


class TokenCheck:
    """Lets in one user; every token counts once. `now` is the camera's own clock, UTC in Unix seconds."""

    def __init__(self, *, user: str, password: str, now: Callable[[], float]) -> None:
        self._user, self._password, self._now = user, password, now
        self._seen: deque[str] = deque(maxlen=NONCES_KEPT)
        self.refusals: deque[str] = deque(maxlen=100)
        """Why requests were refused, the last 100."""

    def require(self, request: SoapRequest) -> None:
        """SoapFault ter:NotAuthorized unless the request proves that it knows the password, now and for the first time.

        Why is not told to the sender, as with real cameras, but kept in `refusals`.
        """
        why = self._complaint(request)
        if why is not None:
            self.refusals.append(why)
            raise SoapFault("ter:NotAuthorized", "Sender not Authorized")
        self._seen.append(request.security("wsse:Nonce"))

    def _complaint(self, request: SoapRequest) -> str | None:
        nonce, created = request.security("wsse:Nonce"), request.security("wsu:Created")
        if not nonce or not created:
            return "no token"
        if nonce in self._seen:
            return "nonce used before"
        try:
            made = datetime.fromisoformat(created)
            salt = base64.b64decode(nonce, validate=True)
        except (ValueError, binascii.Error):
            return "malformed"
        made = made if made.tzinfo else made.replace(tzinfo=UTC)
        if abs(made.timestamp() - self._now()) > TOLERANCE_S:
            return "clock"
        digest = hashlib.sha1(salt + created.encode() + self._password.encode(), usedforsecurity=False).digest()
        proof = base64.b64encode(digest).decode()
        given = request.security("wsse:Password")
        if request.security("wsse:Username") != self._user or not hmac.compare_digest(proof, given):
            return "password"
        return None
