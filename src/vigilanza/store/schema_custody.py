"""Tables about how long pictures are kept."""

from sqlalchemy import BigInteger, Column, Double, ForeignKey, String, Table, Text, Uuid

from vigilanza.store.schema_base import metadata

holds = Table(
    "holds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("authority", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("until", Double, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("placed_at", Double, nullable=False),
    Column("release_asked_by", Text),
    Column("released_by", Text),
    Column("released_at", Double),
)

purged_media = Table(
    "purged_media",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("purged_at", Double, nullable=False),
)
"""What was deleted at the end of its term: no picture, but that there was one."""

covered_media = Table(
    "covered_media",
    metadata,
    Column("id", Uuid, primary_key=True),
)
"""Which of `media` have the inside of a flat blackened, for some of their time. A table of its own, which databases of
version 2 get without a new version.
"""
