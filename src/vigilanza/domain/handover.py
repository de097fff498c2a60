"""What one shift tells the next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from vigilanza.domain.errors import HandoverRefused

LONGEST = 2000
"""Characters."""
MOST_ABOUT = 50
"""Incidents that one note may be about."""


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """Written by somebody, and taken over by somebody else or (None) nobody yet. Times are UTC in Unix seconds.

    `about`: the incidents that it concerns, as its author says.
    """

    id: UUID
    text: str
    by: str
    at: float
    taken_by: str | None = None
    taken_at: float | None = None
    about: tuple[UUID, ...] = ()


def check_writing(text: str, about: Sequence[UUID]) -> None:
    """HandoverRefused unless it is some plain lines, about so many incidents."""
    printable = all(line.isprintable() for line in text.split("\n"))
    if not text.strip() or len(text) > LONGEST or not printable:
        raise HandoverRefused("text", f"is plain text of 1 to {LONGEST} characters")
    if len(set(about)) > MOST_ABOUT:
        raise HandoverRefused("about", f"names at most {MOST_ABOUT} incidents")


def check_taking(note: HandoverNote, by: str) -> None:
    """HandoverRefused if it has been taken over, or `by` wrote it."""
    if note.taken_by is not None:
        raise HandoverRefused("id", f"{note.taken_by} has taken it over already")
    if note.by == by:
        raise HandoverRefused("by", "whoever wrote it cannot take it over")
