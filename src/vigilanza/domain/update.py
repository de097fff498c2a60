"""The alerts that a mark in an incident's aftermath owes: minors are present, and the social services needed."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import uuid5

from vigilanza.domain.aftermath import Minors, StepTaken
from vigilanza.domain.alert import TYPE_PREFIX, IncidentSummary, NextSequence, rfc3339, tell_begin
from vigilanza.domain.audience import may_have_update
from vigilanza.domain.delivery import Alert, Destination
from vigilanza.domain.flagrance import flagrante_until

UPDATED_TYPE = f"{TYPE_PREFIX}incident.updated.v1"


def alerts_for_update(
    mark: StepTaken,
    *,
    destinations: Sequence[Destination],
    summary: IncidentSummary,
    avs: int,
    site: str,
    told: AbstractSet[str],
    next_sequence: NextSequence,
    flagrante: float,
) -> list[Alert]:
    """`mark` says that minors are present, in an incident confirmed with `avs`; the last three as in
    `alerts_for_event`. Who noted it, and in which words, is not told.
    """
    data = _tell(mark, summary, avs, site, flagrante)
    return [
        Alert(
            id=uuid5(mark.id, f"alert/{destination.id}"),
            destination=destination.id,
            incident=mark.incident,
            sequence=next_sequence(destination.id),
            type=UPDATED_TYPE,
            at=mark.at,
            data=data,
        )
        for destination in destinations
        if may_have_update(destination, told)
    ]


def _tell(mark: StepTaken, summary: IncidentSummary, avs: int, site: str, flagrante: float) -> dict[str, Any]:
    until = flagrante_until(first_at=summary.first_at, first_entry_at=summary.first_entry_at, lasts=flagrante)
    return {
        "site": site,
        "incident": str(mark.incident),
        "step": str(mark.id),
        "unit": summary.door,
        "camera": summary.camera,
        "kind": summary.kind.value,
        "severity": summary.severity.value,
        "at": rfc3339(mark.at),
        **tell_begin(summary.first_at, summary.first_entry_at, summary.together),
        "status": "confirmed",
        "avs": avs,
        "flagrante_until": rfc3339(until),
        "minors": Minors.PRESENT.value,
    }
