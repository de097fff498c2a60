"""A hold: a judicial or internal order that keeps an incident's pictures beyond their term. Pure."""

import math
from dataclasses import dataclass
from uuid import UUID

from vigilanza.domain.ask import check_second
from vigilanza.domain.errors import HoldRefused
from vigilanza.domain.wording import check_line

LONGEST_SECONDS = 366 * 24 * 3600.0
"""Whoever needs them longer orders anew: a hold that nobody remembers would keep pictures for ever."""
_TEXTS = (("authority", 200), ("protocol", 100))


@dataclass(frozen=True, slots=True)
class Hold:
    """`authority` ordered it under its number `protocol`. It ends at `until`, or when two persons have released it.

    Times are UTC in Unix seconds. `release_asked_by` is the first of the two, `released_by` the second.
    """

    id: UUID
    incident: UUID
    authority: str
    protocol: str
    until: float
    placed_by: str
    placed_at: float
    release_asked_by: str | None = None
    released_by: str | None = None
    released_at: float | None = None

    def holds(self, now: float) -> bool:
        """Whether it keeps the pictures at `now`."""
        return self.released_at is None and now < self.until


def check_placing(hold: Hold) -> None:
    """HoldRefused if it may not be placed so."""
    for field, longest in _TEXTS:
        check_line(field, getattr(hold, field), longest, HoldRefused)
    lasts = hold.until - hold.placed_at
    if not math.isfinite(lasts) or lasts <= 0:
        raise HoldRefused("until", "must lie ahead")
    if lasts > LONGEST_SECONDS:
        raise HoldRefused("until", f"a hold lasts at most {LONGEST_SECONDS / 86400:.0f} days")


def check_release(hold: Hold, by: str, now: float) -> None:
    """HoldRefused if it has ended, or `by` is the one who asked for its release."""
    if not hold.holds(now):
        raise HoldRefused("id", "this hold has ended already")
    if hold.release_asked_by is not None:
        check_second(hold.release_asked_by, by, "agree to the release", HoldRefused)
