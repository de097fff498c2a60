"""The tables. One schema for SQLite and PostgreSQL; times are UTC in Unix seconds (double precision)."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    select,
)

from vigilanza.store.schema_base import Position, metadata, protect

HEAD = "0004"
"""The last step that is taken to these tables: see `migrations`."""
SCHEMA_VERSION = 2
"""Raised by a step after which versions that know a lower one would lose something, and by no other."""

meta = Table(
    "meta",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Rows: `schema` (who knows less may not use it), `change` (grows with each that a page shows), `audit` (records);
`made`, `restored` and `floor`: see comeback.py.
"""

ALONE = select(meta.c.value).where(meta.c.name == "change").with_for_update()
"""PostgreSQL's writers wait for that row, so that there is one at a time."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("camera", Text, nullable=False),
    Column("door", Text),
    Column("phase", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("first_at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("last_sequence", Integer, nullable=False),
    Index("incidents_open", "open", "severity", "last_at"),
)
"""One row per incident, kept in step with its events; `severity` is the rank of the highest one seen."""

events = Table(
    "events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("body", JSON, nullable=False),
    Index("events_incident", "incident", "sequence"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("operator", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("avs", Integer),
    Column("reason", String(32)),
)

feed = Table(
    "feed",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("event", Uuid, ForeignKey("events.id")),
    Column("decision", Uuid, ForeignKey("decisions.id")),
    Column("at", Double, nullable=False, index=True),
)
"""The order in which events and decisions were committed: one of the two in each row, its time beside it. What was
recorded before there was this table is not in it.
"""

media = Table(
    "media",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("suffix", String(9), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("missing", Boolean, nullable=False),
)
"""No foreign key: a clip may be kept before its incident could be written."""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_at", "at", "number"),
    Index("audit_who", "who", "number"),
    Index("audit_action", "action", "number", postgresql_ops={"action": "text_pattern_ops"}),
    Index("audit_subject", "subject", "number"),
)
"""Searched by each of these, the newest first; `text_pattern_ops`: also for all actions that begin so."""

operators = Table(
    "operators",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("password", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("barred_until", Double, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),
    Column("operator", String(64), ForeignKey("operators.name"), nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
)
"""`token` is the SHA-256 of the token; the token itself is known to the browser only."""

work_orders = Table(
    "work_orders",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("door", Text, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", Double, nullable=False),
    Index("work_orders_running", "ends_at", "starts_at"),
)
"""Only `ends_at` ever changes."""

work_order_changes = Table(
    "work_order_changes",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("work_order", String(40), ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", String(16), nullable=False),
    Column("ends_at", Double, nullable=False),
)
"""Who added, extended or ended which order; `ends_at` as it was from then on."""

protect(audit)
protect(work_order_changes)
