"""Who has an account here, and with which roles."""

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import AccountRefused
from vigilanza.domain.role import Role
from vigilanza.store.audit import append_record
from vigilanza.store.database import reading, writing
from vigilanza.store.roles import give_roles, roles_of
from vigilanza.store.schema import operators
from vigilanza.store.secondfactor import has_code
from vigilanza.store.sessions import CLOSED, end_sessions, require_operator


@dataclass(frozen=True, slots=True)
class Member:
    """One operator; `code`: whether they sign in with a one-time code, too; `closed`: whether they do not any more.

    `created_at` is UTC in Unix seconds.
    """

    name: str
    roles: frozenset[Role]
    code: bool
    closed: bool
    created_at: float


class Roster:
    """Every method may raise JournalUnavailable. A change is audited, and ends the operator's sessions."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def members(self) -> list[Member]:
        """All of them, by name."""
        with reading(self._engine) as connection:
            return [
                Member(
                    row.name,
                    roles_of(connection, row.name),
                    code=has_code(connection, row.name),
                    closed=row.password == CLOSED,
                    created_at=row.created_at,
                )
                for row in connection.execute(select(operators).order_by(operators.c.name)).all()
            ]

    def change(
        self, name: str, *, by: str, add: Set[Role] = frozenset(), remove: Set[Role] = frozenset()
    ) -> frozenset[Role]:
        """The roles the operator has from now on.

        UnknownRecord if there is no such operator; AccountRefused if no role, or no supervisor, would be left.
        """
        with writing(self._engine) as connection:
            require_operator(connection, name)
            before = roles_of(connection, name)
            after = (before | add) - remove
            give_roles(connection, name, after)
            if Role.SUPERVISOR in before - after:
                _require_supervisor(connection, name)
            append_record(
                connection,
                at=self._clock.now(),
                who=by,
                action="operator.roles_changed",
                subject=name,
                detail={"before": sorted(before), "after": sorted(after)},
            )
            end_sessions(connection, name)
        return after

    def close(self, name: str, *, by: str) -> None:
        """Nobody signs in under this name until somebody gives it a password again; what it did stays its own.

        UnknownRecord if there is no such operator; AccountRefused if no supervisor would be left.
        """
        with writing(self._engine) as connection:
            require_operator(connection, name)
            connection.execute(update(operators).where(operators.c.name == name).values(password=CLOSED))
            _require_supervisor(connection, name)
            append_record(connection, at=self._clock.now(), who=by, action="operator.closed", subject=name, detail=None)
            end_sessions(connection, name)


def _require_supervisor(connection: Connection, name: str) -> None:
    names = connection.execute(select(operators.c.name).where(operators.c.password != CLOSED)).scalars().all()
    if not any(Role.SUPERVISOR in roles_of(connection, each) for each in names):
        raise AccountRefused("role", f"{name} is the last supervisor: make another one first")
