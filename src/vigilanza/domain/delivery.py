"""The debt of one alert to one destination, and the proof that it was paid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from vigilanza.domain.events import EventKind
from vigilanza.domain.quiethours import QuietHours


class DestinationKind(StrEnum):
    """Who is at the other end, and therefore what may be sent."""

    MUNICIPAL_VMS = "municipal_vms"
    """May get events nobody has confirmed yet, flagged as such."""
    CONTROL_ROOM = "control_room"
    """Gets nothing before a named operator confirmed with an AVS score."""
    CENTRE = "centre"
    """Our own: gets all there is, as it was recorded."""


MINIMUM_AVS = 2
"""No one is sent out on less than a confirmed or highly probable person (ANSI/TMA-AVS-01), unless they ask for it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An outside party that is owed alerts, and what it wants to hear.

    `minimum_avs` (1..4) only concerns a control room. `events`: what it is told of, besides decisions; None is
    everything. `fallback`: the destination that gets what this one does not take in time. `standby`: it is told
    nothing but that. `quiet`: hours in which only what cannot wait is sent. `per_minute`: so many alerts at most
    besides those. `reply_within`: seconds within which a person there answers each alert.
    """

    id: str
    kind: DestinationKind
    minimum_avs: int = MINIMUM_AVS
    events: frozenset[EventKind] | None = None
    fallback: str | None = None
    standby: bool = False
    quiet: QuietHours | None = None
    per_minute: int | None = None
    reply_within: float | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An alert that the same destination was owed before in the same incident, and that nobody wrote off."""

    sequence: int
    type: str
    at: float


@dataclass(frozen=True, slots=True)
class Alert:
    """An event or a decision as one destination receives it; the same alert always has the same `id`.

    `type` is the CloudEvents type, `at` UTC in Unix seconds, `sequence` the order within
    (destination, incident), `data` the JSON object sent; `earlier` in order of `sequence`.
    `urgent`: it cannot wait: an alarm, or what a person decided.
    """

    id: UUID
    destination: str
    incident: UUID
    sequence: int
    type: str
    at: float
    data: dict[str, Any]
    earlier: tuple[Earlier, ...] = ()
    urgent: bool = True


class DeliveryState(StrEnum):
    """Ends only in ACKNOWLEDGED (a receipt) or WRITTEN_OFF (a named person).

    MERGED: a later alert of the incident, which says the same and more, carries it, and ends it by its own end.
    """

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    MERGED = "merged"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt (counted from 1) to bring an alert; whoever holds the current attempt may report its failure."""

    alert: Alert
    attempt: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other party's proof that it has the alert; `reference` is what it said (id, status line)."""

    reference: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went over the line in one attempt, kept as evidence: the hash of all that was sent (None if nothing was),
    and the beginning of the answer in printable ASCII.
    """

    seconds: float
    sent_sha256: str | None = None
    sent_bytes: int = 0
    heard: str = ""


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """The other party can be reached: after how many seconds it answered, and how long its certificate is good for
    (UTC in Unix seconds; None where there is none).
    """

    seconds: float
    certificate_until: float | None = None
