"""What a camera's detector sees, for the person who sets the camera up."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vigilanza.capture.tap_client import seen
from vigilanza.clock import Clock
from vigilanza.detect.belief import Belief
from vigilanza.domain.attack import SIGNS
from vigilanza.domain.errors import NoPictures
from vigilanza.domain.evidence import say_fact
from vigilanza.domain.incident import Incident, Policy
from vigilanza.domain.observation import Fact

LEAF = (
    *(Fact.LEAF_HIDDEN, Fact.LEAF_SEALED, Fact.LEAF_PARTLY_CHANGED),
    *(Fact.SEAL_GONE, Fact.LEAF_AJAR, Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN),
)
DEEDS = (
    *(Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF, Fact.CROUCHES_AT_LEAF),
    *(Fact.STRAINS_AT_LEAF, Fact.LEAF_SHAKEN, Fact.CONTACT_OPEN),
)
_VIEWS = (Fact.VIEW_CLEAR, *SIGNS)


def tell_seen(belief: Callable[[], Belief | None]) -> Callable[[], bytes | None]:
    """For a tap: JSON of what is believed at the moment, None before the first look."""

    def told() -> bytes | None:
        now = belief()
        return None if now is None else json.dumps(_tell(now), separators=(",", ":")).encode()

    return told


class TapSights:
    """See Sights."""

    def __init__(self, taps: Mapping[str, Path], *, clock: Clock) -> None:
        self._taps, self._clock = taps, clock

    def of(self, camera: str) -> Mapping[str, Any]:
        """See Sights."""
        if camera not in self._taps:
            raise NoPictures("the camera is new in the file, and not watched yet")
        told: Mapping[str, Any] = json.loads(seen(self._taps[camera], camera, clock=self._clock))
        return told


def _tell(belief: Belief) -> dict[str, Any]:
    view = next((one for one in belief.seen if one.kind in _VIEWS), None)
    return {
        "infrared": belief.infrared,
        "view": None if view is None else _named(view.kind),
        "people": [one.region for one in belief.seen if one.kind is Fact.PERSON],
        "doors": [_tell_door(belief, incident) for incident in belief.incidents],
    }


def _tell_door(belief: Belief, incident: Incident) -> dict[str, Any]:
    leaf = next((one for one in belief.of_door(incident.door) if one.kind in LEAF), None)
    unlike = None
    if leaf is not None and leaf.kind not in (Fact.LEAF_HIDDEN, Fact.LEAF_AJAR):
        unlike = round(1.0 - leaf.confidence if leaf.kind is Fact.LEAF_SEALED else leaf.confidence, 2)
    return {
        "id": incident.door,
        "leaf": None if leaf is None else _named(leaf.kind),
        "unlike": unlike,
        "people": belief.count(Fact.PERSON_AT_DOOR, incident.door),
        "deeds": [_named(fact) for fact in DEEDS if incident.meter(fact).running(belief.at, Policy().forget)],
        "phase": incident.phase.value,
    }


def _named(fact: Fact) -> dict[str, Any]:
    return {"fact": fact.value, "words": {"it": say_fact(fact, "it"), "en": say_fact(fact, "en")}}
