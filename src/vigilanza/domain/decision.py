"""What a named operator decided about an incident."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

CONFIRMING_AVS = (1, 2, 3, 4)
"""ANSI/TMA-AVS-01 scores an operator may give on confirmation; 0 is a rejection."""

SETTLING_AVS = 2
"""From this score on a confirmed incident is in the control rooms' hands: its own later events go to them."""


class RejectReason(StrEnum):
    """The closed list of reasons; each feeds the false-alarm register."""

    AUTHORISED_WORK = "authorised_work"
    RESIDENT = "resident"
    DELIVERY_OR_CLEANING = "delivery_or_cleaning"
    CHILDREN = "children"
    ANIMAL = "animal"
    LIGHT_OR_SHADOW = "light_or_shadow"
    OBJECT_LEFT = "object_left"
    CAMERA_FAULT = "camera_fault"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decision:
    """Either a confirmation (`avs` 1..4) or a rejection (`reason`); `at` is UTC in Unix seconds."""

    incident: UUID
    operator: str
    at: float
    avs: int | None = None
    reason: RejectReason | None = None

    def __post_init__(self) -> None:
        if (self.avs is None) == (self.reason is None):
            raise ValueError("a decision has either an AVS score or a reason to reject")
        if self.avs is not None and self.avs not in CONFIRMING_AVS:
            raise ValueError(f"AVS score must be one of {CONFIRMING_AVS}, not {self.avs}")
        if not self.operator.strip():
            raise ValueError("a decision names its operator")

    @property
    def confirmed(self) -> bool:
        """True for a confirmation."""
        return self.avs is not None

    @property
    def settles(self) -> bool:
        """True if what happens later in the incident need not come back to the operator."""
        return self.avs is not None and self.avs >= SETTLING_AVS

    @property
    def id(self) -> UUID:
        """Reproducible from incident, operator and time."""
        return uuid5(self.incident, f"decision/{self.operator}/{self.at:.6f}")
