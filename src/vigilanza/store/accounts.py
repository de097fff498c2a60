"""Operators, their passwords and their sessions."""

import hashlib
import secrets
from collections.abc import Set
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, Row, delete, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.account import NAME, Account
from vigilanza.domain.errors import AccountRefused, CodeMissing, CodeNeeded
from vigilanza.domain.role import FOUNDERS, Role
from vigilanza.store.audit import append_record
from vigilanza.store.database import reading, writing
from vigilanza.store.roles import give_roles, roles_of
from vigilanza.store.schema import operators, sessions
from vigilanza.store.secondfactor import has_code, spend_code
from vigilanza.store.sessions import CLOSED, ELSEWHERE, end_sessions, require_operator

PASSWORD_MIN = 12
SESSION_SECONDS = 12 * 3600.0
IDLE_SECONDS = 3600.0
"""A page that is open asks all the time; a session that nobody has used for so long is over."""
FREE_FAILURES = 4
"""Wrong passwords in a row before an account is barred: 1 s, then doubled each time."""
BARRED_MAX_SECONDS = 300.0
"""Never longer: a stranger must not keep an operator out for a night."""


class Accounts:
    """Named operators only: no default account, no default password. Passwords are kept as argon2id hashes.

    Every method may raise JournalUnavailable. Creating, logging in, failing to and logging out are audited here.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        clock: Clock,
        hasher: PasswordHasher | None = None,
        coded: Set[Role] = frozenset(),
    ) -> None:
        """Who has one of the roles `coded` does not sign in without one-time codes."""
        self._engine, self._clock, self._coded = engine, clock, coded
        self._hasher = hasher or PasswordHasher()
        self._used: dict[bytes, float] = {}
        self._decoy = self._hasher.hash(secrets.token_urlsafe(16))

    def has_any(self) -> bool:
        """True once an operator exists."""
        with reading(self._engine) as connection:
            return connection.execute(select(operators.c.name).limit(1)).first() is not None

    def create(self, name: str, password: str, *, roles: Set[Role] = FOUNDERS, by: str | None = None) -> None:
        """A new operator, made `by` somebody else, or by themselves with a code.

        AccountRefused if the name is taken or malformed, the password has under 12 characters, or there is no role.
        """
        if not NAME.fullmatch(name):
            raise AccountRefused("name", "a name has 1 to 64 letters, digits or . _ @ -")
        now, hashed = self._clock.now(), self._hash(password)
        with writing(self._engine) as connection:
            if connection.execute(select(operators.c.name).where(operators.c.name == name)).first():
                raise AccountRefused("name", f"there is already an operator {name}")
            detail = {"roles": sorted(roles)}
            append_record(connection, at=now, who=by or name, action="operator.created", subject=name, detail=detail)
            connection.execute(
                insert(operators).values(name=name, password=hashed, created_at=now, failures=0, barred_until=0.0)
            )
            give_roles(connection, name, roles)

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Another password, also of an account that was closed; sessions end.

        UnknownRecord if there is no such operator, AccountRefused as above.
        """
        hashed = self._hash(password)
        with writing(self._engine) as connection:
            require_operator(connection, name)
            append_record(
                connection,
                at=self._clock.now(),
                who=by,
                action="operator.password_changed",
                subject=name,
                detail=None,
            )
            mine = update(operators).where(operators.c.name == name)
            connection.execute(mine.values(password=hashed, failures=0, barred_until=0.0))
            end_sessions(connection, name)

    def authenticate(self, name: str, password: str, code: str = "") -> bool:
        """True for the right password of an account that is not barred; the same work is done in every case.

        An account with one-time codes needs the present one, too: a wrong one counts as a wrong password.
        CodeNeeded if the password is right and no `code` is given.
        """
        now = self._clock.now()
        # Another form is nobody's name, and might be text that a database does not take (NUL).
        mine = operators.c.name == (name if NAME.fullmatch(name) else "")
        with reading(self._engine) as connection:
            row = connection.execute(select(operators).where(mine)).first()
        hashed = self._decoy if row is None or row.password in (CLOSED, ELSEWHERE) else row.password
        matches = self._matches(hashed, password)
        if row is None or _is_barred(row, now):
            return False
        with writing(self._engine) as connection:
            # Comparing takes a while, in which others may have changed the password, closed the account or been wrong.
            then = connection.execute(select(operators).where(mine)).one()
            if then.password != row.password or _is_barred(then, now):
                return False
            if matches and has_code(connection, name):
                if not code:
                    raise CodeNeeded("a one-time code is needed, too")
                matches = spend_code(connection, name, code, now)
            if matches:
                connection.execute(update(operators).where(mine).values(failures=0, barred_until=0.0))
                return True
            failures, until = then.failures + 1, then.barred_until
            if failures > FREE_FAILURES:
                until = now + min(2.0 ** min(failures - FREE_FAILURES - 1, 16), BARRED_MAX_SECONDS)
            connection.execute(update(operators).where(mine).values(failures=failures, barred_until=until))
            append_record(
                connection, at=now, who=name, action="login.failed", subject=name, detail={"failures": failures}
            )
        return False

    def open_session(self, name: str) -> str:
        """A new random token for an authenticated operator, good for 12 h, less if it is not used for an hour.

        CodeMissing if their role asks for one-time codes, and none were set up; AccountRefused if they were closed.
        """
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with writing(self._engine) as connection:
            password = connection.execute(select(operators.c.password).where(operators.c.name == name)).scalar_one()
            if password == CLOSED:
                raise AccountRefused("name", f"{name} was closed")
            asks = password != ELSEWHERE and self._coded & roles_of(connection, name)
            if asks and not has_code(connection, name):
                raise CodeMissing(f"{name} needs one-time codes: vigilanza operator totp {name}")
            append_record(connection, at=now, who=name, action="session.opened", subject=name, detail=None)
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            self._used = {each: at for each, at in list(self._used.items()) if now - at < SESSION_SECONDS}
            connection.execute(
                insert(sessions).values(token=_digest(token), operator=name, expires_at=now + SESSION_SECONDS)
            )
        self._used[_digest(token)] = now
        return token

    def account_of(self, token: str) -> Account | None:
        """Whose session this is, and what they may do; None if there is none or it has expired."""
        now = self._clock.now()
        with reading(self._engine) as connection:
            row = connection.execute(select(sessions).where(sessions.c.token == _digest(token))).first()
            if row is None or row.expires_at <= now:
                return None
            account = Account(row.operator, roles_of(connection, row.operator))
        # In memory: when the page starts again, an hour begins again.
        if now - self._used.get(row.token, now) >= IDLE_SECONDS:
            self.close_session(token)
            return None
        self._used[row.token] = now
        return account

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

    def _hash(self, password: str) -> str:
        if len(password) < PASSWORD_MIN:
            raise AccountRefused("password", f"a password has at least {PASSWORD_MIN} characters")
        return self._hasher.hash(password)

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _is_barred(row: Row[Any], now: float) -> bool:
    """Not for longer than a bar lasts: a clock that was set back must keep nobody out."""
    return bool(now < row.barred_until <= now + BARRED_MAX_SECONDS)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
