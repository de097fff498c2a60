"""Tables about what accounts may do and how they prove who they are, besides a password."""

from sqlalchemy import Column, ForeignKey, String, Table

from vigilanza.store.schema_base import metadata

operator_roles = Table(
    "operator_roles",
    metadata,
    Column("name", String(64), ForeignKey("operators.name"), primary_key=True),
    Column("role", String(16), primary_key=True),
)
"""An operator without a row was made before there was this table, and has the roles of the first account."""
