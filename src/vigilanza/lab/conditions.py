"""Under which conditions something was seen."""

from collections.abc import Iterator

from vigilanza.lab.scoring import Alarm
from vigilanza.lab.truth import Truth, Window

DIMENSIONS = ("event", "door", "kind", "camera", "light", "fault", "sun")
_BRIGHT = 0.2
"""Groups of lamps weaker than this do not give the light its name."""
_LAMPS = {"day": "daylight", "lamp": "lamps", "emerg": "emergency light"}


def conditions_of(truth: Truth, what: Window | Alarm) -> Iterator[tuple[str, str]]:
    """(dimension, label) of an event or a false alarm; faults and sun are those of the whole recording."""
    t_start, t_end = (what.t_start, what.t_end) if isinstance(what, Window) else (what.t, what.t)
    yield "event", what.kind
    yield "door", f"{truth.camera}: {what.door or 'the camera itself'}"
    yield "kind", truth.kind or "not told"
    yield "camera", truth.camera
    yield "light", _light(truth, t_start, t_end)
    for fault in truth.conditions.faults or ("none",):
        yield "fault", fault
    yield "sun", "sun patches" if truth.conditions.sun else "none"


def _light(truth: Truth, t_start: float, t_end: float) -> str:
    if any(start <= t_end and t_start <= end for start, end in truth.conditions.ir):
        return "infrared"
    changes = [lamps for lamps in truth.conditions.lights if t_start < lamps["t"] <= t_end]
    before = [lamps for lamps in truth.conditions.lights if lamps["t"] <= t_start]
    if not before:
        return "not told"
    if changes:
        return "changing"
    lit = {name: strength for name, strength in before[-1].items() if name in _LAMPS and strength >= _BRIGHT}
    return " and ".join(_LAMPS[name] for name in sorted(lit)) or "near darkness"
