"""Digest authentication, the server's side (RFC 2617 without qop, as most cameras have it)."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

REALM = "vigilanza lab"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Digest:
    """Checks one user's answers to one nonce."""

    user: str
    password: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def challenge(self) -> str:
        """Value of the WWW-Authenticate header."""
        return f'Digest realm="{REALM}", nonce="{self.nonce}"'

    def accepts(self, method: str, authorization: str) -> bool:
        """True if the Authorization header proves that the client knows the password."""
        said: dict[str, str] = dict(re.findall(r'(\w+)="([^"]*)"', authorization))
        identity = _md5(f"{self.user}:{REALM}:{self.password}")
        request = _md5(f"{method}:{said.get('uri', '')}")
        proof = _md5(f"{identity}:{self.nonce}:{request}")
        return (said.get("username"), said.get("nonce"), said.get("response")) == (self.user, self.nonce, proof)
