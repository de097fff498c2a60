"""What becomes of an incident once it is confirmed: step by step, until its door is secured again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from vigilanza.domain.errors import StepRefused

LONGEST_NOTE = 300
"""Characters."""


class Step(StrEnum):
    """In the order in which a page offers them."""

    DISPATCHED = "dispatched"
    """The control room has received the alert, and says so."""
    DISPATCHED_BY_PHONE = "dispatched_by_phone"
    ON_SITE = "on_site"
    RECOVERED = "recovered"
    """The flat is free again."""
    OCCUPIED = "occupied"
    """Persons remain in it."""
    UNFOUNDED = "unfounded"
    ATTEMPT_FAILED = "attempt_failed"
    """It was tried, and nobody got in."""
    MINORS_PRESENT = "minors_present"
    """A mark, not a stage: from then on the social services are to be told."""
    SOCIAL_SERVICES_TOLD = "social_services_told"
    RESECURED = "resecured"
    CLOSED = "closed"


class Minors(StrEnum):
    """All that is told of who was found: a code."""

    UNKNOWN = "unknown"
    PRESENT = "present"


OUTCOMES = frozenset({Step.RECOVERED, Step.OCCUPIED, Step.UNFOUNDED, Step.ATTEMPT_FAILED})
MARKS = frozenset({Step.MINORS_PRESENT, Step.SOCIAL_SERVICES_TOLD})
NOTED = frozenset({Step.DISPATCHED_BY_PHONE, Step.SOCIAL_SERVICES_TOLD})
"""Somebody was spoken to: the note says whom."""
_SENT = frozenset({Step.DISPATCHED, Step.DISPATCHED_BY_PHONE})
_STAGES: Mapping[Step | None, frozenset[Step]] = MappingProxyType(
    {
        None: _SENT,
        Step.DISPATCHED: frozenset({Step.ON_SITE}),
        Step.DISPATCHED_BY_PHONE: frozenset({Step.ON_SITE}),
        Step.ON_SITE: OUTCOMES,
        # A wrong outcome is put right by another one.
        Step.RECOVERED: OUTCOMES - {Step.RECOVERED} | {Step.RESECURED},
        # Nobody seals a door behind which persons remain: another office goes on with it.
        Step.OCCUPIED: OUTCOMES - {Step.OCCUPIED} | {Step.CLOSED},
        # Its seal may never have been touched.
        Step.UNFOUNDED: OUTCOMES - {Step.UNFOUNDED} | {Step.RESECURED, Step.CLOSED},
        Step.ATTEMPT_FAILED: OUTCOMES - {Step.ATTEMPT_FAILED} | {Step.RESECURED},
        Step.RESECURED: frozenset({Step.CLOSED}),
        Step.CLOSED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """Who noted when (UTC in Unix seconds) that a step was taken; `note` is one line in their words."""

    id: UUID
    incident: UUID
    what: Step
    by: str
    at: float
    note: str | None = None


def next_steps(taken: Sequence[Step]) -> tuple[Step, ...]:
    """What may follow the steps taken so far, in the order of `Step`; nothing once it is closed."""
    stage = next((step for step in reversed(taken) if step not in MARKS), None)
    if stage is Step.CLOSED:
        return ()
    possible = set(_STAGES[stage])
    if Step.MINORS_PRESENT not in taken:
        possible.add(Step.MINORS_PRESENT)
    if is_social_task_open(taken):
        possible.add(Step.SOCIAL_SERVICES_TOLD)
        possible.discard(Step.CLOSED)
    return tuple(step for step in Step if step in possible)


def is_social_task_open(taken: Sequence[Step]) -> bool:
    """Whether minors were seen and the social services not told yet."""
    return Step.MINORS_PRESENT in taken and Step.SOCIAL_SERVICES_TOLD not in taken


def check_step(taken: Sequence[Step], step: Step, note: str | None) -> None:
    """StepRefused if it may not follow, or its note is missing or no single line."""
    if step not in next_steps(taken):
        raise StepRefused("what", f"{step} cannot follow {taken[-1] if taken else 'the confirmation'}")
    if note is None:
        if step in NOTED:
            raise StepRefused("note", "says who was spoken to")
    elif not note.strip() or len(note) > LONGEST_NOTE or not note.isprintable():
        raise StepRefused("note", f"is one line of 1 to {LONGEST_NOTE} characters")
