"""What the database's account may not do."""

from sqlalchemy.exc import ProgrammingError

_INSUFFICIENT_PRIVILEGE = "42501"
"""SQLSTATE, see PostgreSQL's appendix A. By its own class the driver would be loaded for SQLite, too."""


def is_refused(error: ProgrammingError) -> bool:
    """True if the account lacks the right to what it asked for."""
    return getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE
