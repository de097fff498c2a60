"""Which roles an account has, inside the caller's transaction."""

from collections.abc import Set

from sqlalchemy import Connection, delete, insert, select

from vigilanza.domain.errors import AccountRefused
from vigilanza.domain.role import FOUNDERS, Role
from vigilanza.store.schema_accounts import operator_roles


def roles_of(connection: Connection, name: str) -> frozenset[Role]:
    """Of an account that exists."""
    rows = connection.execute(select(operator_roles.c.role).where(operator_roles.c.name == name))
    return frozenset(Role(role) for role in rows.scalars()) or FOUNDERS


def give_roles(connection: Connection, name: str, roles: Set[Role]) -> None:
    """These and no others. AccountRefused without any, and for what only tokens may be."""
    if not roles:
        raise AccountRefused("role", "an account has at least one role")
    if Role.INTEGRATOR in roles:
        raise AccountRefused("role", "integrator is the role of tokens, not of persons")
    connection.execute(delete(operator_roles).where(operator_roles.c.name == name))
    connection.execute(insert(operator_roles), [{"name": name, "role": role.value} for role in sorted(roles)])
