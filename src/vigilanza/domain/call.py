"""A telephone call about an incident: who was called when, who answered, what was said. Pure."""

from dataclasses import dataclass

from vigilanza.domain.errors import CallRefused

LONGEST_NAME = 100
LONGEST_SAID = 300
"""Characters."""
AHEAD_S = 60.0
"""The clock of the room's telephone may be ahead of ours by so much."""


@dataclass(frozen=True, slots=True)
class Call:
    """`whom` was called, `number` being theirs if known; `at` is UTC in Unix seconds; one line each."""

    whom: str
    number: str | None
    at: float
    spoke_with: str
    said: str


def check_call(call: Call, *, first_at: float, now: float) -> None:
    """CallRefused if it is of the future, or before its incident began (`first_at`), or a text is no single line."""
    for field, text, longest in (("spoke_with", call.spoke_with, LONGEST_NAME), ("said", call.said, LONGEST_SAID)):
        if not text.strip() or len(text) > longest or not text.isprintable():
            raise CallRefused(field, f"is one line of 1 to {longest} characters")
    if not call.whom.strip() or not call.whom.isprintable():
        raise CallRefused("whom", "is one line")
    if not first_at - AHEAD_S <= call.at <= now + AHEAD_S:
        raise CallRefused("at", "is a time between the beginning of the incident and now")
