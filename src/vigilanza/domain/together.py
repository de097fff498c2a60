"""Incidents that are shown as one: cameras hit at once (a power cut, a can of paint), and storms. Pure."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

WITHIN_S = 30.0
LOOK_BACK_S = 20 * WITHIN_S
"""Where one group ends and the next begins depends on those before: so far back they are looked at."""
CAMERAS_MIN = 3
"""Two may be chance."""
STORM_MIN = 4
"""More than three alarms of one camera that nobody decided: it probably errs, and must not bury the others."""


def hit_together(begun: Iterable[tuple[UUID, float]]) -> dict[UUID, UUID]:
    """For each incident that began with at least CAMERAS_MIN - 1 others within WITHIN_S: the first of them.

    `begun`: incidents of the cameras themselves, one a camera, with their beginnings in UTC, Unix seconds. Incidents
    that began alone are left out.
    """
    waiting = sorted(begun, key=lambda one: (one[1], one[0]))
    found: dict[UUID, UUID] = {}
    while waiting:
        first, began = waiting[0]
        group = [incident for incident, at in waiting if at - began <= WITHIN_S]
        if len(group) < CAMERAS_MIN:
            group = group[:1]
        else:
            found |= dict.fromkeys(group, first)
        waiting = waiting[len(group) :]
    return found


def storms(waiting: Iterable[str]) -> frozenset[str]:
    """Of the cameras of incidents that wait, named once for each: those of which at least STORM_MIN do."""
    return frozenset(camera for camera, count in Counter(waiting).items() if count >= STORM_MIN)
