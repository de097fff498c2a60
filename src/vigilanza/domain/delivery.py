"""The debt of one alert to one destination, and the proof that it was paid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class DestinationKind(StrEnum):
    """Who is at the other end, and therefore what may be sent."""

    MUNICIPAL_VMS = "municipal_vms"
    """May get events nobody has confirmed yet, flagged as such."""
    CONTROL_ROOM = "control_room"
    """Gets nothing before a named operator confirmed with an AVS score."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An outside party that is owed alerts. `minimum_avs` (1..4) only concerns a control room."""

    id: str
    kind: DestinationKind
    minimum_avs: int = 2


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
    """

    id: UUID
    destination: str
    incident: UUID
    sequence: int
    type: str
    at: float
    data: dict[str, Any]
    earlier: tuple[Earlier, ...] = ()


class DeliveryState(StrEnum):
    """Ends only in ACKNOWLEDGED (a receipt) or WRITTEN_OFF (a named person)."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
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
