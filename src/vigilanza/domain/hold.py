"""A hold: a judicial or internal order that keeps an incident's pictures beyond their term. Pure."""

import math
from dataclasses import dataclass
from uuid import UUID

from vigilanza.domain.ask import check_second
from vigilanza.domain.errors import HoldRefused
from vigilanza.domain.wording import check_line

LONGEST_SECONDS = 366 * 24 * 3600.0
"""Whoever needs them longer orders anew: a hold that nobody remembers would keep pictures for ever."""
ALONE_SECONDS = 7 * 24 * 3600.0
"""One person alone keeps pictures for no longer than any term may be: beyond that it takes a second one."""
_TEXTS = (("authority", 200), ("protocol", 100))


@dataclass(frozen=True, slots=True)
class Hold:
    """`authority` ordered it under its number `protocol`. It ends at `until`, or when two persons have released it.

    Times are UTC in Unix seconds. `release_asked_by` is the first of the two, `released_by` the second. `lapses_at`:
    when it ends unless a second person confirms it, None for one that needs nobody.
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
    lapses_at: float | None = None
    confirmed_by: str | None = None
    confirmed_at: float | None = None

    @property
    def waits(self) -> bool:
        """Whether a second person is still to confirm it."""
        return self.lapses_at is not None and self.confirmed_by is None

    @property
    def ends_at(self) -> float:
        """When it ends by itself, as it stands."""
        return self.until if self.lapses_at is None or not self.waits else self.lapses_at

    def holds(self, now: float) -> bool:
        """Whether it keeps the pictures at `now`."""
        return self.released_at is None and now < self.ends_at


def lapse_of(placed_at: float, until: float) -> float | None:
    """When a hold that one person places ends without a second one; None if it is over by then anyhow."""
    return placed_at + ALONE_SECONDS if until > placed_at + ALONE_SECONDS else None


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


def check_confirmation(hold: Hold, by: str, now: float) -> None:
    """HoldRefused if it has ended, waits for nobody, or `by` is the one who placed it."""
    if not hold.holds(now):
        raise HoldRefused("id", "this hold has ended already")
    if not hold.waits:
        raise HoldRefused("id", "nobody need confirm this hold")
    check_second(hold.placed_by, by, "confirm the hold", HoldRefused)
