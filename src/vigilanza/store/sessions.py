"""Ending the sessions of an operator whose rights or secrets change, inside the caller's transaction."""

from sqlalchemy import Connection, delete, select

from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.schema import operators, sessions

CLOSED = "closed"
"""Instead of a password's hash: nobody signs in, and the name is nobody else's."""
ELSEWHERE = "elsewhere"
"""Instead of a password's hash: an identity provider says who they are, and sees to a second factor."""


def end_sessions(connection: Connection, name: str) -> None:
    """All of them: on every machine the operator signs in again."""
    connection.execute(delete(sessions).where(sessions.c.operator == name))


def require_operator(connection: Connection, name: str) -> None:
    """UnknownRecord if there is none of this name."""
    if connection.execute(select(operators.c.name).where(operators.c.name == name)).first() is None:
        raise UnknownRecord(f"there is no operator {name}")
