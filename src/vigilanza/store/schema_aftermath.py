"""What was done after a confirmation. Databases of version 2 get its table without a new version."""

from sqlalchemy import Column, Double, ForeignKey, String, Table, Text, Uuid

from vigilanza.store.schema_base import Position, metadata, protect

aftermath_steps = Table(
    "aftermath_steps",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("note", Text),
)

protect(aftermath_steps)
