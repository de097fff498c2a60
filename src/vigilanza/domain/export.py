"""An export: an incident's evidence leaves the house, asked for by one person and granted by another. Pure."""

from dataclasses import dataclass
from uuid import UUID

from vigilanza.domain.ask import LASTS_SECONDS, check_second
from vigilanza.domain.errors import ExportRefused
from vigilanza.domain.wording import check_line

_TEXTS = (("recipient", 200), ("reason", 200), ("asked_by", 64))


@dataclass(frozen=True, slots=True)
class Export:
    """For `recipient`, because of `reason` (an order and its number). Times are UTC in Unix seconds.

    `package`: the number of the package that was sealed when `granted_by` agreed.
    """

    id: UUID
    incident: UUID
    recipient: str
    reason: str
    asked_by: str
    asked_at: float
    granted_by: str | None = None
    granted_at: float | None = None
    package: int | None = None


def check_asking(export: Export) -> None:
    """ExportRefused if it may not be asked so."""
    for field, longest in _TEXTS:
        check_line(field, getattr(export, field), longest, ExportRefused)


def check_granting(export: Export, by: str, now: float) -> None:
    """ExportRefused if it was granted or has lapsed, or `by` is the one who asked."""
    if export.granted_by is not None:
        raise ExportRefused("id", "this export was granted already")
    if now >= export.asked_at + LASTS_SECONDS:
        raise ExportRefused("id", f"asked more than {LASTS_SECONDS / 3600:.0f} hours ago: ask anew")
    check_second(export.asked_by, by, "grant the export", ExportRefused)
