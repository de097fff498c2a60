"""Operators, their passwords and their sessions."""

import hashlib
import re
import secrets
from collections.abc import Set

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.account import Account
from vigilanza.domain.role import FOUNDERS, Role
from vigilanza.store.audit import append_record
from vigilanza.store.database import reading, writing
from vigilanza.store.roles import give_roles, roles_of
from vigilanza.store.schema import operators, sessions

PASSWORD_MIN = 12
SESSION_SECONDS = 12 * 3600.0
FREE_FAILURES = 4
"""Wrong passwords in a row before an account is barred: 1 s, then doubled each time."""
BARRED_MAX_SECONDS = 300.0
"""Never longer: a stranger must not keep an operator out for a night."""
_NAME = re.compile(r"[\w.@-]{1,64}")


class Accounts:
    """Named operators only: no default account, no default password. Passwords are kept as argon2id hashes.

    Every method may raise JournalUnavailable. Creating, logging in, failing to and logging out are audited here.
    """

    def __init__(self, *, engine: Engine, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._engine, self._clock = engine, clock
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_urlsafe(16))

    def has_any(self) -> bool:
        """True once an operator exists."""
        with reading(self._engine) as connection:
            return connection.execute(select(operators.c.name).limit(1)).first() is not None

    def create(self, name: str, password: str, *, roles: Set[Role] = FOUNDERS, by: str | None = None) -> None:
        """A new operator, made `by` somebody else, or by themselves with a code.

        ValueError if the name is taken or malformed, the password has under 12 characters, or there is no role.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("a name has 1 to 64 letters, digits or . _ @ -")
        if len(password) < PASSWORD_MIN:
            raise ValueError(f"a password has at least {PASSWORD_MIN} characters")
        now, hashed = self._clock.now(), self._hasher.hash(password)
        with writing(self._engine) as connection:
            if connection.execute(select(operators.c.name).where(operators.c.name == name)).first():
                raise ValueError(f"there is already an operator {name}")
            detail = {"roles": sorted(roles)}
            append_record(connection, at=now, who=by or name, action="operator.created", subject=name, detail=detail)
            connection.execute(
                insert(operators).values(name=name, password=hashed, created_at=now, failures=0, barred_until=0.0)
            )
            give_roles(connection, name, roles)

    def authenticate(self, name: str, password: str) -> bool:
        """True for the right password of an account that is not barred; the same work is done in every case."""
        now = self._clock.now()
        # Another form is nobody's name, and might be text that a database does not take (NUL).
        asked = name if _NAME.fullmatch(name) else ""
        with reading(self._engine) as connection:
            row = connection.execute(select(operators).where(operators.c.name == asked)).first()
        matches = self._matches(self._decoy if row is None else row.password, password)
        if row is None or now < row.barred_until <= now + BARRED_MAX_SECONDS:
            return False
        with writing(self._engine) as connection:
            mine = update(operators).where(operators.c.name == name)
            if matches:
                connection.execute(mine.values(failures=0, barred_until=0.0))
                return True
            failures = connection.execute(
                mine.values(failures=operators.c.failures + 1).returning(operators.c.failures)
            ).scalar_one()
            if failures > FREE_FAILURES:
                wait = min(2.0 ** min(failures - FREE_FAILURES - 1, 16), BARRED_MAX_SECONDS)
                connection.execute(mine.values(barred_until=now + wait))
            append_record(
                connection, at=now, who=name, action="login.failed", subject=name, detail={"failures": failures}
            )
        return False

    def open_session(self, name: str) -> str:
        """A new random token for an authenticated operator, good for 12 h."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with writing(self._engine) as connection:
            append_record(connection, at=now, who=name, action="session.opened", subject=name, detail=None)
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(
                insert(sessions).values(token=_digest(token), operator=name, expires_at=now + SESSION_SECONDS)
            )
        return token

    def account_of(self, token: str) -> Account | None:
        """Whose session this is, and what they may do; None if there is none or it has expired."""
        with reading(self._engine) as connection:
            row = connection.execute(select(sessions).where(sessions.c.token == _digest(token))).first()
            if row is None or row.expires_at <= self._clock.now():
                return None
            return Account(row.operator, roles_of(connection, row.operator))

    def close_session(self, token: str) -> None:
        """End a session; nothing happens if there is none."""
        with writing(self._engine) as connection:
            mine = sessions.c.token == _digest(token)
            name = connection.execute(select(sessions.c.operator).where(mine)).scalar()
            if name is not None:
                append_record(
                    connection, at=self._clock.now(), who=name, action="session.closed", subject=name, detail=None
                )
                connection.execute(delete(sessions).where(mine))

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
