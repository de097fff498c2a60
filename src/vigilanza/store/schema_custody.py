"""Tables about how long pictures are kept, and what of them left the house as evidence."""

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Integer, String, Table, Text, Uuid

from vigilanza.store.schema_base import metadata, protect

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

hold_seconds = Table(
    "hold_seconds",
    metadata,
    Column("hold", Uuid, ForeignKey("holds.id"), primary_key=True),
    Column("lapses_at", Double, nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", Double),
)
"""Of `holds` those that need a second person: without one they end at `lapses_at`."""

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
"""What was deleted: no picture, but that there was one."""

exports = Table(
    "exports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("recipient", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Double, nullable=False),
    Column("granted_by", Text),
    Column("granted_at", Double),
    Column("package", Integer),
)

packages = Table(
    "packages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("export", Uuid, ForeignKey("exports.id"), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("key_sha256", String(64), nullable=False),
    Column("sealed_at", Double, nullable=False),
)
"""Each names the manifest of the one before it. The file itself is not kept for long."""

protect(packages)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
"""How the audit chain ended at some times, signed. `payload` is canonical JSON; the others are base64, `stamp` maybe
empty."""

protect(audit_checkpoints)

covered_media = Table(
    "covered_media",
    metadata,
    Column("id", Uuid, primary_key=True),
)
"""Which of `media` have the inside of a flat blackened, for some of their time."""

withdrawn_media = Table(
    "withdrawn_media",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("why", Text, nullable=False),
)
"""Which of `purged_media` went before the end of their term, because of what they showed."""

owed_originals = Table(
    "owed_originals",
    metadata,
    Column("clip", Uuid, primary_key=True),
    Column("incident", Uuid, nullable=False, index=True),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("owed_since", Double, nullable=False, index=True),
    Column("lost_at", Double),
)
"""Masked clips whose originals were to be kept, until they were; `lost_at`: when it was found that they are lost."""
