"""What one person asks for and another grants: a deed that takes four eyes. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vigilanza.domain.errors import FieldRefused
from vigilanza.domain.wording import check_line

LASTS_SECONDS = 24 * 3600.0
"""For so long what was asked may be granted; after that it is asked anew."""
_LONGEST_NAME = 64


class Act(StrEnum):
    """What may be asked for so."""

    WEAKENING = "weakening"
    """That the configuration protects less: see Safeguards."""
    WRITE_OFF = "write_off"
    """That the debt of an alert ends without a receipt."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`asked_by` wants `act` done to `subject`, because of `reason`. Times are UTC in Unix seconds."""

    id: UUID
    act: Act
    subject: str
    reason: str
    asked_by: str
    asked_at: float
    granted_by: str | None = None
    granted_at: float | None = None

    def is_open(self, now: float) -> bool:
        """Whether somebody may still grant it at `now`."""
        return self.granted_by is None and now < self.asked_at + LASTS_SECONDS


def check_second(first: str, second: str, deed: str, refusal: type[FieldRefused]) -> None:
    """`refusal` if `second` is nobody, or the same person as `first`, who asked; `deed` says what is granted."""
    check_line("by", second, _LONGEST_NAME, refusal)
    if first.strip().casefold() == second.strip().casefold():
        raise refusal("by", f"a second person must {deed}")
