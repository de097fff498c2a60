"""Accounts of those who sign in through an identity provider."""

from sqlalchemy import Connection, Engine, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.account import NAME
from vigilanza.domain.identity import Identity, IdentityRefused
from vigilanza.store.audit import append_record
from vigilanza.store.database import writing
from vigilanza.store.roles import give_roles, roles_of
from vigilanza.store.schema import operators
from vigilanza.store.schema_accounts import identities
from vigilanza.store.sessions import CLOSED, ELSEWHERE, end_sessions


class Identities:
    """Whose account an identity is. The provider decides about roles, at each sign-in; each change is audited.

    Every method may raise JournalUnavailable.
    """

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def account_of(self, identity: Identity) -> str:
        """The account's name; made at the first sign-in.

        IdentityRefused, audited, without any role (`no_role`), if the account was closed here (`closed`), if the name
        is an account of somebody else (`name_taken`) or none that an account can have (`bad_name`).
        """
        with writing(self._engine) as connection:
            known = _name_of(connection, identity)
            refusal = _why_not(connection, identity, known)
            if refusal is None:
                return self._admit(connection, identity, known)
            append_record(
                connection,
                at=self._clock.now(),
                who=known or identity.subject,
                action="login.failed",
                subject=known or identity.subject,
                detail={"issuer": identity.issuer, "why": refusal.code},
            )
        raise refusal

    def _admit(self, connection: Connection, identity: Identity, known: str | None) -> str:
        now, after = self._clock.now(), identity.roles
        detail: dict[str, object] = {"issuer": identity.issuer, "subject": identity.subject}
        if known is None:
            name = identity.name
            row = {"name": name, "password": ELSEWHERE, "created_at": now, "failures": 0, "barred_until": 0.0}
            connection.execute(insert(operators).values(row))
            connection.execute(insert(identities).values(issuer=identity.issuer, subject=identity.subject, name=name))
            give_roles(connection, name, after)
            detail |= {"roles": sorted(after)}
            append_record(connection, at=now, who=name, action="operator.created", subject=name, detail=detail)
            return name
        if (before := roles_of(connection, known)) != after:
            give_roles(connection, known, after)
            detail |= {"before": sorted(before), "after": sorted(after)}
            append_record(connection, at=now, who=known, action="operator.roles_changed", subject=known, detail=detail)
            end_sessions(connection, known)
        return known


def _name_of(connection: Connection, identity: Identity) -> str | None:
    mine = (identities.c.issuer == identity.issuer) & (identities.c.subject == identity.subject)
    name: str | None = connection.execute(select(identities.c.name).where(mine)).scalar()
    return name


def _why_not(connection: Connection, identity: Identity, known: str | None) -> IdentityRefused | None:
    if not identity.roles:
        return IdentityRefused("no_role", "the provider knows you, but none of your groups has a role here")
    name = identity.name if known is None else known
    if not NAME.fullmatch(name):
        return IdentityRefused(
            "bad_name", "the provider gives a name that is none here: 1 to 64 letters, digits, . _ @ -"
        )
    password = connection.execute(select(operators.c.password).where(operators.c.name == name)).scalar()
    if known is None and password is not None:
        return IdentityRefused("name_taken", f"{name} is an account of somebody else here")
    if password == CLOSED:
        return IdentityRefused("closed", f"{name} was closed here")
    return None
