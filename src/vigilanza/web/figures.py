"""What a span of time comes to: sums, false alarms per camera-day with their bounds, and how fast alerts arrived."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from vigilanza.domain.confidence import percentile, poisson_bounds
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.events import Severity
from vigilanza.store.history import Paid, Past
from vigilanza.store.sought import Outcome

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What was watched: `cameras` from `since` to `until` (UTC, Unix seconds)."""

    cameras: int
    since: float
    until: float

    @property
    def camera_days(self) -> float:
        """Cameras times days of 24 hours."""
        return self.cameras * max(0.0, self.until - self.since) / DAY_S


def sums(past: Sequence[Past], *, zone: tzinfo, since: float, until: float) -> dict[str, Any]:
    """How many by day and by hour of day (both of the site's clock, none left out), door, camera, kind and reason."""
    hours = [f"{hour:02d}" for hour in range(24)]
    return {
        "days": _sums(
            past, lambda one: f"{datetime.fromtimestamp(one.first_at, zone):%Y-%m-%d}", _days(since, until, zone)
        ),
        "hours": _sums(past, lambda one: f"{datetime.fromtimestamp(one.first_at, zone):%H}", hours),
        "doors": _most_first(_sums([one for one in past if one.door is not None], lambda one: one.door or "")),
        "cameras": _most_first(_sums(past, lambda one: one.camera)),
        "kinds": _most_first(_sums(past, lambda one: one.kind.value)),
        "reasons": _reasons(past),
    }


def false_alarms(past: Sequence[Past], observed: Observed) -> dict[str, Any]:
    """Rejected incidents of at least ALARM per camera-day, with exact 95 % bounds (Garwood 1936).

    `per_camera_day`, `low` and `high` are None where nothing was observed.
    """
    count = sum(one.outcome is Outcome.REJECTED and one.severity.rank >= Severity.ALARM.rank for one in past)
    days = observed.camera_days
    low, high = poisson_bounds(count)
    return {
        "count": count,
        "cameras": observed.cameras,
        "observed_from": observed.since,
        "observed_to": observed.until,
        "camera_days": round(days, 3),
        "per_camera_day": count / days if days else None,
        "low": low / days if days else None,
        "high": high / days if days else None,
    }


def latencies(paid: Iterable[Paid]) -> list[dict[str, Any]]:
    """Seconds from commit to receipt of each destination: p50 and p95 by nearest rank, and the longest."""
    seconds: dict[str, list[float]] = {}
    for one in paid:
        seconds.setdefault(one.destination, []).append(one.seconds)
    return [
        {
            "destination": name,
            "receipts": len(values),
            "p50": percentile(values, 0.5),
            "p95": percentile(values, 0.95),
            "max": max(values),
        }
        for name, values in sorted(seconds.items())
    ]


def _sums(past: Sequence[Past], key: Callable[[Past], str], always: Sequence[str] = ()) -> list[dict[str, Any]]:
    counted = Counter((key(one), one.outcome) for one in past)
    keys = dict.fromkeys(always) | dict.fromkeys(sorted({name for name, _ in counted}))
    return [{"key": name} | {outcome.value: counted[name, outcome] for outcome in Outcome} for name in keys]


def _most_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: -sum(row[outcome.value] for outcome in Outcome))


def _reasons(past: Sequence[Past]) -> list[dict[str, Any]]:
    """The register of false alarms: every reason, `alarms` of them at least ALARM."""
    loud = Counter(one.reason for one in past if one.severity.rank >= Severity.ALARM.rank)
    every = Counter(one.reason for one in past)
    return [{"key": reason.value, "rejected": every[reason], "alarms": loud[reason]} for reason in RejectReason]


def _days(since: float, until: float, zone: tzinfo) -> list[str]:
    day, last = (datetime.fromtimestamp(at, zone).date() for at in (since, max(since, until - 1e-3)))
    return [f"{day + timedelta(days=number):%Y-%m-%d}" for number in range((last - day).days + 1)]
