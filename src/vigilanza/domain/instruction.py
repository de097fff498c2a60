"""What a centre tells one of its sites about a work order for a door there, and what the site answers.

An instruction says how the order stands after so many changes, not what was changed: the latest one is all that counts,
whatever was lost, came twice or came late.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vigilanza.domain.grant import is_order_id
from vigilanza.domain.wire import encode, read_count, read_name, read_object, read_text, read_time
from vigilanza.domain.workorder import WorkOrder

WHY_MAX = 200


@dataclass(frozen=True, slots=True)
class Instruction:
    """`order` as it stands after the change `revision` (the grant is 1), made `by` a person at the centre; its door by
    the name it has at `site`.
    """

    site: str
    order: WorkOrder
    revision: int
    by: str


class Outcome(StrEnum):
    """What became of an instruction at the site."""

    TAKEN = "taken"
    LATE = "late"
    """The order's time was over when the site heard of it: nothing was done."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What `site` made of the change `revision` of an order; `why`, if it was refused."""

    site: str
    order: str
    revision: int
    outcome: Outcome
    why: str = ""


def encode_instruction(instruction: Instruction) -> bytes:
    """As JSON; the same always gives the same bytes."""
    order = instruction.order
    told = {
        "id": order.id,
        "door": order.door,
        "from": order.starts_at,
        "to": order.ends_at,
        "who": order.who,
        "reason": order.reason,
        "granted_by": order.granted_by,
        "granted_at": order.granted_at,
    }
    return encode(
        {"site": instruction.site, "revision": instruction.revision, "by": instruction.by, "order": told},
    )


def read_instruction(raw: bytes) -> Instruction:
    """Inverse of `encode_instruction`; ValueError says what is wrong."""
    told = read_object(raw)
    try:
        return Instruction(
            site=read_name(told["site"]),
            order=_order(told["order"]),
            revision=read_count(told["revision"], least=1),
            by=read_text(told["by"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an instruction: {error}") from error


def _order(told: dict[str, Any]) -> WorkOrder:
    return WorkOrder(
        id=_order_id(told["id"]),
        door=read_name(told["door"]),
        starts_at=read_time(told["from"]),
        ends_at=read_time(told["to"]),
        who=read_text(told["who"]),
        reason=read_text(told["reason"]),
        granted_by=read_text(told["granted_by"]),
        granted_at=read_time(told["granted_at"]),
    )


def encode_answer(answer: Answer) -> bytes:
    """As JSON."""
    told = {"order": answer.order, "revision": answer.revision, "outcome": answer.outcome.value, "why": answer.why}
    return encode({"site": answer.site, **told})


def read_answer(raw: bytes) -> Answer:
    """Inverse of `encode_answer`; ValueError says what is wrong."""
    told = read_object(raw)
    try:
        return Answer(
            site=read_name(told["site"]),
            order=_order_id(told["order"]),
            revision=read_count(told["revision"], least=1),
            outcome=Outcome(told["outcome"]),
            why=read_text(told["why"])[:WHY_MAX],
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an answer: {error}") from error


def _order_id(value: Any) -> str:
    if not isinstance(value, str) or not is_order_id(value):
        raise ValueError(f"not the id of a work order: {str(value)[:80]!r}")
    return value
