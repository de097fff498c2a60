"""Who may watch: HTTP Digest as RTSP has it (RFC 2069, without qop): some players know no other."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from vigilanza.bridge.digest_header import read_digest

REALM = "Vigilanza"


@dataclass(frozen=True, slots=True)
class Account:
    """`cameras`: ids of those it may watch, None for all."""

    name: str
    password: str = field(repr=False)
    cameras: frozenset[str] | None = None

    def may_watch(self, camera: str) -> bool:
        """Whether it may."""
        return self.cameras is None or camera in self.cameras


class Challenge:
    """Of one connection, whose end is also its own: what was heard on one line proves nothing on another."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts
        self._nonce = secrets.token_hex(16)

    @property
    def header(self) -> str:
        """Value of WWW-Authenticate."""
        return f'Digest realm="{REALM}", nonce="{self._nonce}", algorithm=MD5'

    def judge(self, authorization: str, *, method: str) -> Account | None:
        """The account whose password the header proves to be known; None if it proves nothing."""
        said = read_digest(authorization)
        account = self._accounts.get(said.get("username", ""))
        # Nobody's password is hashed too, so that the time tells no names.
        password = account.password if account else secrets.token_hex(8)
        identity = _md5(f"{said.get('username', '')}:{REALM}:{password}")
        asked = _md5(f"{method}:{said.get('uri', '')}")
        wanted = _md5(f"{identity}:{self._nonce}:{asked}")
        proven = hmac.compare_digest(wanted.encode(), said.get("response", "").lower().encode())
        return account if proven and said.get("nonce") == self._nonce else None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
