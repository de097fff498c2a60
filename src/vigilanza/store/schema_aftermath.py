"""What was done after a confirmation, and what one shift told the next."""

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

telephone_calls = Table(
    "telephone_calls",
    metadata,
    Column("step", Uuid, ForeignKey("aftermath_steps.id"), primary_key=True),
    Column("whom", Text, nullable=False),
    Column("number", Text),
    Column("at", Double, nullable=False),
    Column("spoke_with", Text, nullable=False),
    Column("said", Text, nullable=False),
)
"""Of the steps that were taken by telephone."""

protect(telephone_calls)

handover_notes = Table(
    "handover_notes",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Double, nullable=False),
)

handovers_taken = Table(
    "handovers_taken",
    metadata,
    Column("note", Uuid, ForeignKey("handover_notes.id"), primary_key=True),
    Column("taken_by", Text, nullable=False),
    Column("taken_at", Double, nullable=False),
)

handover_subjects = Table(
    "handover_subjects",
    metadata,
    Column("note", Uuid, ForeignKey("handover_notes.id"), primary_key=True),
    Column("incident", Uuid, ForeignKey("incidents.id"), primary_key=True, index=True),
)
"""Which incidents a note is about, as its author says."""

protect(handover_notes)
protect(handovers_taken)
protect(handover_subjects)
