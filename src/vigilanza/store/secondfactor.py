"""One-time codes beside the password: RFC 6238 with SHA-1, 6 digits, 30 s, as every authenticator app knows them."""

import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, Engine, delete, insert, select, update

from vigilanza.clock import Clock
from vigilanza.store.audit import append_record
from vigilanza.store.database import writing
from vigilanza.store.schema_accounts import operator_codes
from vigilanza.store.sessions import end_sessions, require_operator

STEP_S = 30
DIGITS = 6
_SECRET_BYTES = 20
_ISSUER = "Vigilanza"


class SecondFactors:
    """Who has one. Every method may raise JournalUnavailable, and UnknownRecord if there is no such operator.

    Every act is audited, and ends the operator's sessions: who was signed in proves it anew.
    """

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def enrol(self, name: str, *, by: str) -> str:
        """A new secret instead of any other, as the otpauth:// address for an authenticator app; told this once."""
        secret = secrets.token_bytes(_SECRET_BYTES)
        with writing(self._engine) as connection:
            require_operator(connection, name)
            self._write(connection, name, by, "operator.code_enrolled")
            connection.execute(insert(operator_codes).values(name=name, secret=secret, last_step=-1))
        return _codes(secret).get_provisioning_uri(name, _ISSUER)

    def remove(self, name: str, *, by: str) -> None:
        """The password alone is enough again, unless the role asks for more."""
        with writing(self._engine) as connection:
            require_operator(connection, name)
            self._write(connection, name, by, "operator.code_removed")

    def _write(self, connection: Connection, name: str, by: str, action: str) -> None:
        append_record(connection, at=self._clock.now(), who=by, action=action, subject=name, detail=None)
        connection.execute(delete(operator_codes).where(operator_codes.c.name == name))
        end_sessions(connection, name)


def has_code(connection: Connection, name: str) -> bool:
    """True if this operator signs in with a code."""
    return connection.execute(select(operator_codes.c.name).where(operator_codes.c.name == name)).first() is not None


def spend_code(connection: Connection, name: str, code: str, now: float) -> bool:
    """Whether this is the operator's code now, or one step before or after; each counts once, and none before it."""
    row = connection.execute(select(operator_codes).where(operator_codes.c.name == name)).first()
    given = "".join(code.split())
    if row is None or not (given.isascii() and given.isdigit()):
        return False
    codes, step = _codes(row.secret), int(now // STEP_S)
    for each in (step, step - 1, step + 1):
        if each > row.last_step and hmac.compare_digest(codes.generate(each * STEP_S), given.encode()):
            mine = update(operator_codes).where(operator_codes.c.name == name)
            connection.execute(mine.values(last_step=each))
            return True
    return False


def _codes(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)
