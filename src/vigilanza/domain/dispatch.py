"""What a site tells its centre: each event and decision as it was recorded, and that the site is there."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeAlias
from uuid import UUID

from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import Event, event_from_json, event_to_json

Item: TypeAlias = Event | Decision
DISPATCH_MAX_BYTES = 65_536
_VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_END = 4_102_444_800.0
"""The year 2100: no clock is so far ahead."""
_HIGHEST = 2**62


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dispatch stands among those of its site: in the journal `line`, with a `number` that grows; `after` is
    the number of the one before it, 0 if it is the first.
    """

    line: UUID
    number: int
    after: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One alert to the centre; `item` None: a test. `at` is UTC in Unix seconds."""

    site: str
    id: UUID
    place: Place
    at: float
    item: Item | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """The site is there at `at` (UTC, Unix seconds); `last` is the number of the last dispatch it has a receipt for."""

    site: str
    line: UUID
    at: float
    last: int


def event_data(event: Event) -> dict[str, Any]:
    """An alert's data for the centre."""
    return {"event": event_to_json(event)}


def decision_data(decision: Decision) -> dict[str, Any]:
    """An alert's data for the centre."""
    reason = None if decision.reason is None else decision.reason.value
    told = {"operator": decision.operator, "at": decision.at, "avs": decision.avs, "reason": reason}
    return {"decision": {"incident": str(decision.incident), **told}}


def encode_dispatch(alert: Alert, place: Place, *, site: str) -> bytes:
    """The same alert always gives the same bytes."""
    item = {key: told for key, told in alert.data.items() if key in ("event", "decision")}
    numbers = {"line": str(place.line), "number": place.number, "after": place.after}
    return _encode({"version": _VERSION, "site": site, "id": str(alert.id), **numbers, "at": alert.at, **item})


def encode_pulse(pulse: Pulse) -> bytes:
    """As JSON."""
    told = {"line": str(pulse.line), "at": pulse.at, "last": pulse.last}
    return _encode({"version": _VERSION, "site": pulse.site, **told})


def read_dispatch(raw: bytes) -> Dispatch:
    """Inverse of `encode_dispatch`; ValueError says what is wrong: whoever sent it is not trusted."""
    told = _object(raw)
    try:
        place = Place(UUID(told["line"]), _count(told["number"], least=1), _count(told["after"]))
        item = _item(told)
        dispatch = Dispatch(_name(told["site"]), UUID(told["id"]), place, _time(told["at"]), item)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a dispatch: {error}") from error
    if dispatch.place.after >= dispatch.place.number:
        raise ValueError("not a dispatch: it comes before the one that it comes after")
    return dispatch


def read_pulse(raw: bytes) -> Pulse:
    """Inverse of `encode_pulse`; ValueError says what is wrong."""
    told = _object(raw)
    try:
        return Pulse(_name(told["site"]), UUID(told["line"]), _time(told["at"]), _count(told["last"]))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a sign of life: {error}") from error


def event_at_centre(event: Event, *, site: str, incident: UUID) -> Event:
    """The same as the centre keeps it: of `incident`, its camera and door by the names of the site.

    No name of a site has a slash in it: two sites never have the same camera, door or operator.
    """
    door = None if event.door is None else f"{site}/{event.door}"
    return replace(event, incident=incident, camera=f"{site}/{event.camera}", door=door)


def decision_at_centre(decision: Decision, *, site: str, incident: UUID) -> Decision:
    """The same as the centre keeps it: of `incident`, by the site's operator."""
    return replace(decision, incident=incident, operator=f"{site}/{decision.operator}")


def _encode(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > DISPATCH_MAX_BYTES:
        raise ValueError(f"it has {len(raw)} bytes, allowed are {DISPATCH_MAX_BYTES}")
    try:
        told = json.loads(raw, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("JSON that is too deep") from error
    if not isinstance(told, dict) or told.get("version") != _VERSION:
        raise ValueError(f"not of version {_VERSION}: site and centre run different versions of Vigilanza")
    return told


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _item(told: Mapping[str, Any]) -> Item | None:
    if "event" in told:
        return _bounded(event_from_json(told["event"]))
    if "decision" not in told:
        return None
    raw = told["decision"]
    reason = None if raw["reason"] is None else RejectReason(raw["reason"])
    avs = None if raw["avs"] is None else _count(raw["avs"])
    return Decision(UUID(raw["incident"]), _person(raw["operator"]), _time(raw["at"]), avs, reason)


def _bounded(event: Event) -> Event:
    """An event whose values any database takes, and any page can show."""
    _name(event.camera)
    if event.door is not None:
        _name(event.door)
    if event.order is not None:
        _name(event.order)
    _count(event.sequence)
    _time(event.at)
    for item in event.evidence:
        _time(item.at)
        if not (math.isfinite(item.seconds) and math.isfinite(item.confidence)) or abs(item.count) > 1_000_000:
            raise ValueError("a number of the evidence is none")
    return event


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"not the name of anything at a site: {str(value)[:80]!r}")
    return value


def _person(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.isprintable():
        raise ValueError("not the name of an operator")
    return value


def _count(value: Any, *, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _HIGHEST:
        raise ValueError(f"not a count: {str(value)[:80]!r}")
    return value


def _time(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value < _END:
        raise ValueError(f"not a time: {str(value)[:80]!r}")
    return float(value)
