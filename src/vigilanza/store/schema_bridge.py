"""The tables of the bridge: what is owed to whom, what went over the line, and what a person must do."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from vigilanza.store.schema_base import Position, metadata, protect

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("destination", Text, nullable=False),
    Column("incident", Uuid, nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("data", JSON, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("queued_at", Double, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("due", Double, nullable=False),
    Column("why", Text),
    Column("receipt", Text),
    Column("ended_at", Double),
    Column("escalated_at", Double),
    Column("merged_into", Uuid, index=True),
    Column("stands_in_for", Uuid),
    UniqueConstraint("destination", "incident", "sequence"),
    Index("deliveries_due", "destination", "state", "due"),
    Index("deliveries_ended", "destination", "ended_at"),
)
"""`due`: next attempt of a pending delivery, end of the lease of one in flight. `merged_into`: the delivery that
carries this one. `stands_in_for`: the delivery that its own destination did not take in time. No foreign key on
`incident`: a test has none.
"""

transitions = Table(
    "transitions",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("delivery", Uuid, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("what", String(24), nullable=False),
    Column("detail", Text, nullable=False),
)
"""The attempt log: every change of every delivery, kept as evidence."""

exchanges = Table(
    "exchanges",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("delivery", Uuid, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("sent_sha256", String(64)),
    Column("sent_bytes", Integer, nullable=False),
    Column("heard", Text, nullable=False),
)
"""What went over the line in each attempt, kept as evidence; `at` is when it ended."""

lines = Table(
    "lines",
    metadata,
    Column("destination", Text, primary_key=True),
    Column("up", Boolean, nullable=False),
    Column("since", Double, nullable=False),
    Column("tried_at", Double, nullable=False),
    Column("heard_at", Double),
    Column("seconds", Double),
    Column("certificate_until", Double),
    Column("why", Text, nullable=False),
)
"""How the way to each destination is now; where there are several, also how each of them is: DESTINATION/PATH."""

line_changes = Table(
    "line_changes",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("destination", Text, nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("up", Boolean, nullable=False),
    Column("why", Text, nullable=False),
)
"""When a way was lost and found again: silence is never good news."""

tasks = Table(
    "tasks",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("delivery", Uuid, ForeignKey("deliveries.id"), nullable=False, unique=True),
    Column("incident", Uuid, nullable=False),
    Column("destination", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("ended_at", Double, index=True),
    Column("ended_by", Text),
    Column("note", Text),
)
"""What a person must do because the machine could not: telephone."""

notes = Table(
    "notes",
    metadata,
    Column("destination", Text, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)
"""What a channel must still know after a restart."""

replies = Table(
    "replies",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("delivery", Uuid, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("who", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    UniqueConstraint("delivery", "sha256"),
)
"""What people at the other end answered; `kind`: ack or error, `sha256` of what they signed."""

unanswered = Table(
    "unanswered",
    metadata,
    Column("delivery", Uuid, ForeignKey("deliveries.id"), primary_key=True),
    Column("at", Double, nullable=False),
)
"""The deliveries whose answer was missed: called out once each."""

protect(replies)
protect(unanswered)
protect(exchanges)
protect(line_changes)
