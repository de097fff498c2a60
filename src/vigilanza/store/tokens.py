"""Tokens for programs of others: they read, as integrators, and have no session."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.account import NAME, Account
from vigilanza.domain.errors import AccountRefused, UnknownRecord
from vigilanza.domain.role import Role
from vigilanza.store.audit import append_record
from vigilanza.store.database import reading, writing
from vigilanza.store.schema_accounts import api_tokens

DAYS_MAX = 730
_PREFIX = "vigilanza_"  # so that a scanner of leaked secrets knows it


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What is known of a token. Times are UTC in Unix seconds."""

    name: str
    issued_by: str
    issued_at: float
    expires_at: float


class ApiTokens:
    """Every method may raise JournalUnavailable. Issuing and revoking are audited."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def issue(self, name: str, *, days: float, by: str) -> str:
        """A new token, told this once; others of that name stay good, so that a program can change over.

        AccountRefused for a malformed name, or a term that is not above 0 and at most DAYS_MAX days.
        """
        if not NAME.fullmatch(name):
            raise AccountRefused("name", "a name has 1 to 64 letters, digits or . _ @ -")
        if not 0 < days <= DAYS_MAX:
            raise AccountRefused("days", f"a token is good for at most {DAYS_MAX} days")
        token, now = _PREFIX + secrets.token_urlsafe(32), self._clock.now()
        expires_at = now + days * 86400.0
        values = {"name": name, "issued_by": by, "issued_at": now, "expires_at": expires_at}
        with writing(self._engine) as connection:
            append_record(
                connection, at=now, who=by, action="token.issued", subject=name, detail={"expires_at": expires_at}
            )
            connection.execute(insert(api_tokens).values(token=_digest(token), **values))
        return token

    def revoke(self, name: str, *, by: str) -> int:
        """End every token of that name; how many. UnknownRecord if there is none that counts."""
        now = self._clock.now()
        counting = api_tokens.c.revoked_at.is_(None) & (api_tokens.c.expires_at > now)
        with writing(self._engine) as connection:
            ended = connection.execute(
                update(api_tokens).where((api_tokens.c.name == name) & counting).values(revoked_at=now)
            ).rowcount
            if not ended:
                raise UnknownRecord(f"there is no token {name} that is still good")
            append_record(connection, at=now, who=by, action="token.revoked", subject=name, detail={"count": ended})
        return ended

    def account_of(self, token: str) -> Account | None:
        """Whose token this is; None if it is nobody's, has expired or was revoked. No operator has such a name."""
        with reading(self._engine) as connection:
            row = connection.execute(select(api_tokens).where(api_tokens.c.token == _digest(token))).first()
        if row is None or row.revoked_at is not None or row.expires_at <= self._clock.now():
            return None
        return Account(f"token/{row.name}", frozenset({Role.INTEGRATOR}))

    def good(self) -> list[ApiToken]:
        """Those that still count, by name."""
        now = self._clock.now()
        columns = (api_tokens.c.name, api_tokens.c.issued_by, api_tokens.c.issued_at, api_tokens.c.expires_at)
        counting = api_tokens.c.revoked_at.is_(None) & (api_tokens.c.expires_at > now)
        ask = select(*columns).where(counting).order_by(api_tokens.c.name, api_tokens.c.issued_at)
        with reading(self._engine) as connection:
            return [ApiToken(*row) for row in connection.execute(ask)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
