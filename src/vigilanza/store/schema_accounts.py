"""Tables about what accounts may do and how they prove who they are, besides a password."""

from sqlalchemy import BigInteger, Column, Double, ForeignKey, LargeBinary, String, Table, Text

from vigilanza.store.schema_base import metadata

operator_roles = Table(
    "operator_roles",
    metadata,
    Column("name", String(64), ForeignKey("operators.name"), primary_key=True),
    Column("role", String(16), primary_key=True),
)
"""An operator without a row was made before there was this table, and has the roles of the first account."""

operator_codes = Table(
    "operator_codes",
    metadata,
    Column("name", String(64), ForeignKey("operators.name"), primary_key=True),
    Column("secret", LargeBinary(20), nullable=False),
    Column("last_step", BigInteger, nullable=False),
)
"""The secret of an operator's one-time codes, and the time step (30 s) of the last one that was used."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("revoked_at", Double),
)
"""`token` is the SHA-256 of the token; the token itself is known to the integrator only."""

identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("name", String(64), ForeignKey("operators.name"), nullable=False, unique=True),
)
"""Who signs in through an identity provider, and the account that is theirs."""
