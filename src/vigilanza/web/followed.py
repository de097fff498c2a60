"""What came after confirmations, and between shifts, in figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from vigilanza.domain.aftermath import SENT, Step
from vigilanza.domain.confidence import percentile
from vigilanza.domain.handover import HandoverNote
from vigilanza.store.history import Past
from vigilanza.store.sought import Outcome


def followed(past: Sequence[Past]) -> dict[str, Any]:
    """Of the confirmed ones how many stand where (`none`: nothing was noted), how long it took, and how many calls.

    `dispatched` and `closed` count from the standing decision, `on_site` and `resecured` from the dispatch; seconds.
    """
    confirmed = [one for one in past if one.outcome is Outcome.CONFIRMED]
    counted = Counter("none" if one.stage is None else one.stage.value for one in confirmed)
    keys = ["none", *(step.value for step in Step)]
    return {
        "confirmed": len(confirmed),
        "stages": [{"key": key, "incidents": counted[key]} for key in keys if counted[key]],
        "seconds": [row for key, values in _spans(confirmed) if (row := _spread(key, values)) is not None],
        "minors": sum(one.first({Step.MINORS_PRESENT}) is not None for one in confirmed),
        "calls": sum(one.calls for one in past),
        "notes": sum(one.notes for one in past),
    }


def handed_over(notes: Sequence[HandoverNote]) -> dict[str, Any]:
    """Of the whole site: how many notes were written, and how long until somebody took over; seconds."""
    waits = [note.taken_at - note.at for note in notes if note.taken_at is not None]
    return {"written": len(notes), "taken": len(waits), "seconds": _spread("taken", waits)}


def _spans(confirmed: Sequence[Past]) -> Iterator[tuple[str, list[float]]]:
    ways = {
        "dispatched": [(one.decided_at, one.first(SENT)) for one in confirmed],
        "on_site": [(one.first(SENT), one.first({Step.ON_SITE})) for one in confirmed],
        "resecured": [(one.first(SENT), one.first({Step.RESECURED})) for one in confirmed],
        "closed": [(one.decided_at, one.first({Step.CLOSED})) for one in confirmed],
    }
    for key, pairs in ways.items():
        # A decision that was changed later stands after what followed the first one.
        yield key, [max(0.0, end - start) for start, end in pairs if start is not None and end is not None]


def _spread(key: str, seconds: Sequence[float]) -> dict[str, Any] | None:
    """p50 and p95 by nearest rank, and the longest."""
    if not seconds:
        return None
    return {
        "key": key,
        "count": len(seconds),
        "p50": percentile(seconds, 0.5),
        "p95": percentile(seconds, 0.95),
        "max": max(seconds),
    }
