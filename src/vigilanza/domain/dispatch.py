"""What a site tells its centre: each event and decision as it was recorded, and that the site is there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.edition import Edition
from vigilanza.domain.events import Event, event_from_json, event_to_json
from vigilanza.domain.wire import encode, read_count, read_name, read_object, read_person, read_text, read_time

Item: TypeAlias = Event | Decision
_EDITION_MAX = 64
"""Letters of a version."""


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
    """The site is there at `at` (UTC, Unix seconds); `last` is the number of the last dispatch it has a receipt for.

    `runs` None: it does not say, as former versions did not.
    """

    site: str
    line: UUID
    at: float
    last: int
    runs: Edition | None = None


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
    return encode({"site": site, "id": str(alert.id), **numbers, "at": alert.at, **item})


def encode_pulse(pulse: Pulse) -> bytes:
    """As JSON."""
    told: dict[str, Any] = {"line": str(pulse.line), "at": pulse.at, "last": pulse.last}
    if pulse.runs is not None:
        told["runs"] = {"version": pulse.runs.version, "configuration": pulse.runs.configuration}
    return encode({"site": pulse.site, **told})


def read_dispatch(raw: bytes) -> Dispatch:
    """Inverse of `encode_dispatch`; ValueError says what is wrong: whoever sent it is not trusted."""
    told = read_object(raw)
    try:
        place = Place(UUID(told["line"]), read_count(told["number"], least=1), read_count(told["after"]))
        item = _item(told)
        dispatch = Dispatch(read_name(told["site"]), UUID(told["id"]), place, read_time(told["at"]), item)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a dispatch: {error}") from error
    if dispatch.place.after >= dispatch.place.number:
        raise ValueError("not a dispatch: it comes before the one that it comes after")
    return dispatch


def read_pulse(raw: bytes) -> Pulse:
    """Inverse of `encode_pulse`; ValueError says what is wrong."""
    told = read_object(raw)
    try:
        at, last = read_time(told["at"]), read_count(told["last"])
        return Pulse(read_name(told["site"]), UUID(told["line"]), at, last, _edition(told.get("runs")))
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


def _edition(told: Any) -> Edition | None:
    """What cannot be read of it makes nobody silent."""
    if told is None:
        return None
    try:
        return Edition(read_text(told["version"])[:_EDITION_MAX], read_name(told["configuration"]))
    except (KeyError, TypeError, ValueError):
        return None


def _item(told: Mapping[str, Any]) -> Item | None:
    if "event" in told:
        return _bounded(event_from_json(told["event"]))
    if "decision" not in told:
        return None
    raw = told["decision"]
    reason = None if raw["reason"] is None else RejectReason(raw["reason"])
    avs = None if raw["avs"] is None else read_count(raw["avs"])
    return Decision(UUID(raw["incident"]), read_person(raw["operator"]), read_time(raw["at"]), avs, reason)


def _bounded(event: Event) -> Event:
    """An event whose values any database takes, and any page can show."""
    read_name(event.camera)
    if event.door is not None:
        read_name(event.door)
    if event.order is not None:
        read_name(event.order)
    read_count(event.sequence)
    read_time(event.at)
    for item in event.evidence:
        read_time(item.at)
        if not (math.isfinite(item.seconds) and math.isfinite(item.confidence)) or abs(item.count) > 1_000_000:
            raise ValueError("a number of the evidence is none")
    return event
