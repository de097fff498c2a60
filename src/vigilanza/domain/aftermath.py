"""What becomes of an incident once it is confirmed: step by step, until its door is secured again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from vigilanza.domain.call import Call
from vigilanza.domain.decision import SETTLING_AVS
from vigilanza.domain.errors import StepRefused

LONGEST_NOTE = 300
"""Characters."""


class Step(StrEnum):
    """In the order in which a page offers them."""

    DISPATCHED = "dispatched"
    """The control room has received the alert, and says so."""
    DISPATCHED_BY_PHONE = "dispatched_by_phone"
    NOT_DISPATCHED = "not_dispatched"
    """What could not be verified (AVS 1) need not send anybody: the note says why."""
    TELEPHONED = "telephoned"
    """A mark: somebody was called, for whatever else; see `domain/call.py`."""
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
MARKS = frozenset({Step.TELEPHONED, Step.MINORS_PRESENT, Step.SOCIAL_SERVICES_TOLD})
CALLED = frozenset({Step.DISPATCHED_BY_PHONE, Step.TELEPHONED})
NOTED = frozenset({Step.DISPATCHED_BY_PHONE, Step.SOCIAL_SERVICES_TOLD, Step.NOT_DISPATCHED})
"""The note says who was spoken to, or why nobody was sent."""
SENT = frozenset({Step.DISPATCHED, Step.DISPATCHED_BY_PHONE})
_STAGES: Mapping[Step | None, frozenset[Step]] = MappingProxyType(
    {
        None: SENT,
        Step.NOT_DISPATCHED: SENT | {Step.CLOSED},
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
    """Who noted when (UTC in Unix seconds) that a step was taken; `note` is one line in their words.

    `call`: the one by which it was taken, where that was noted.
    """

    id: UUID
    incident: UUID
    what: Step
    by: str
    at: float
    note: str | None = None
    call: Call | None = None


def next_steps(taken: Sequence[Step], avs: int) -> tuple[Step, ...]:
    """What may follow the steps taken so far, in the order of `Step`; nothing once it is closed.

    `avs` is the score of the confirmation that stands.
    """
    stage = _stage(taken, avs)
    if stage is Step.CLOSED:
        return ()
    possible = set(_STAGES[stage])
    if stage is None and avs < SETTLING_AVS:
        possible.add(Step.NOT_DISPATCHED)
    if Step.MINORS_PRESENT not in taken:
        possible.add(Step.MINORS_PRESENT)
    if is_social_task_open(taken):
        possible.add(Step.SOCIAL_SERVICES_TOLD)
        possible.discard(Step.CLOSED)
    return tuple(step for step in Step if step in possible)


def called_step(taken: Sequence[Step], avs: int, *, sends: bool) -> Step:
    """What a call is noted as; `sends`: to one who sends a patrol. StepRefused once the incident is closed."""
    if _stage(taken, avs) is Step.CLOSED:
        raise StepRefused("what", "a call cannot follow closed")
    told = sends and Step.DISPATCHED_BY_PHONE in next_steps(taken, avs)
    return Step.DISPATCHED_BY_PHONE if told else Step.TELEPHONED


def is_social_task_open(taken: Sequence[Step]) -> bool:
    """Whether minors were seen and the social services not told yet."""
    return Step.MINORS_PRESENT in taken and Step.SOCIAL_SERVICES_TOLD not in taken


def check_step(taken: Sequence[Step], step: Step, note: str | None, avs: int) -> None:
    """StepRefused if it may not follow, or its note is missing or no single line."""
    if step not in next_steps(taken, avs):
        raise StepRefused("what", f"{step} cannot follow {taken[-1] if taken else 'the confirmation'}")
    if note is None:
        if step is Step.NOT_DISPATCHED:
            raise StepRefused("note", "says why nobody is sent")
        if step in NOTED:
            raise StepRefused("note", "says who was spoken to")
    elif not note.strip() or len(note) > LONGEST_NOTE or not note.isprintable():
        raise StepRefused("note", f"is one line of 1 to {LONGEST_NOTE} characters")


def stage_of(taken: Sequence[Step]) -> Step | None:
    """The last step that is no mark."""
    return next((step for step in reversed(taken) if step not in MARKS), None)


def _stage(taken: Sequence[Step], avs: int) -> Step | None:
    """How far it has come; None at the beginning."""
    # What was left alone, or closed, at AVS 1 begins anew with a graver score.
    return None if avs >= SETTLING_AVS and SENT.isdisjoint(taken) else stage_of(taken)
