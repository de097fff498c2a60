"""Tables about what two persons agree to."""

from sqlalchemy import Column, Double, Integer, String, Table, Text, Uuid

from vigilanza.store.schema_base import metadata, protect

safeguards = Table(
    "safeguards",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("terms", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("how", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""What has been in force, in the order in which it came to be; the last row counts. `terms` is JSON."""

protect(safeguards)

asks = Table(
    "asks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("act", String(16), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Double, nullable=False),
    Column("granted_by", Text),
    Column("granted_at", Double),
)
"""What one person asked for, and who granted it."""
