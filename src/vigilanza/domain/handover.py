"""What one shift tells the next. Pure."""

from dataclasses import dataclass
from uuid import UUID

from vigilanza.domain.errors import HandoverRefused

LONGEST = 2000
"""Characters."""


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """Written by somebody, and taken over by somebody else or (None) nobody yet. Times are UTC in Unix seconds."""

    id: UUID
    text: str
    by: str
    at: float
    taken_by: str | None = None
    taken_at: float | None = None


def check_writing(text: str) -> None:
    """HandoverRefused unless it is some plain lines."""
    printable = all(line.isprintable() for line in text.split("\n"))
    if not text.strip() or len(text) > LONGEST or not printable:
        raise HandoverRefused("text", f"is plain text of 1 to {LONGEST} characters")


def check_taking(note: HandoverNote, by: str) -> None:
    """HandoverRefused if it has been taken over, or `by` wrote it."""
    if note.taken_by is not None:
        raise HandoverRefused("id", f"{note.taken_by} has taken it over already")
    if note.by == by:
        raise HandoverRefused("by", "whoever wrote it cannot take it over")
