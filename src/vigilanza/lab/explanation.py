"""What a pipeline believes, in lines a technician reads: why something was raised, and what kept it from being."""

from collections.abc import Iterator
from itertools import groupby

from vigilanza.detect.belief import Belief
from vigilanza.detect.leaf import LEAST_CHANGED_SHARE, MOST_CHANGED_SHARE
from vigilanza.domain.attack import SIGNS
from vigilanza.domain.door import Door
from vigilanza.domain.hurdle import Gauge, Hurdle
from vigilanza.domain.incident import Incident, Policy, hurdles
from vigilanza.domain.observation import Fact, Observation
from vigilanza.domain.sharpness import Sharpness

_LEAF = {
    Fact.LEAF_SEALED: "leaf sealed",
    Fact.LEAF_PARTLY_CHANGED: "leaf partly changed",
    Fact.SEAL_GONE: "seal gone",
    Fact.LEAF_AJAR: "leaf ajar",
    Fact.LEAF_CHANGED: "leaf changed",
    Fact.LEAF_CHANGED_AGAIN: "leaf changed again",
    Fact.LEAF_HIDDEN: "leaf hidden",
}
_VIEWS = (Fact.VIEW_CLEAR, *SIGNS)
_DEEDS = {
    Fact.HAND_ON_LEAF: "hands",
    Fact.WORKS_ON_LEAF: "works",
    Fact.CROUCHES_AT_LEAF: "crouches",
    Fact.STRAINS_AT_LEAF: "straining",
    Fact.LEAF_SHAKEN: "leaf shaken",
}
_COUNTED = {Fact.STRAINS_AT_LEAF: "strokes", Fact.LEAF_SHAKEN: "times"}
_PASSAGES = {Fact.WENT_IN: "went in", Fact.CAME_OUT: "came out"}
_ASKED = _LEAF | _DEEDS | _PASSAGES | {Fact.PERSON_AT_DOOR: "stays", Fact.CONTACT_OPEN: "contact open"}


def explain_size(door: Door, size_px: tuple[int, int]) -> str:
    """How large the leaf is in pictures of `size_px` (width, height), and what to do if that is too little."""
    sharpness = Sharpness.of(door.leaf, size_px)
    size = f"leaf of {sharpness.px_per_metre:.0f} pixels per metre, {sharpness.width_px:.0f} pixels wide"
    return f"{size}: {sharpness.complaint or 'large enough'}"


def explain_view(belief: Belief) -> str:
    """Light and view, e.g. "colour; view clear 0.97; 2 people in the picture"."""
    view = next((seen for seen in belief.seen if seen.kind in _VIEWS), None)
    state = "view not judged" if view is None else f"{view.kind.value.replace('_', ' ')} {view.confidence:.2f}"
    parts = ["infrared" if belief.infrared else "colour", state]
    parts.append(f"{_people(belief.count(Fact.PERSON))} in the picture")
    for fact, meter in belief.attack.meters:
        sign = SIGNS[fact]
        if meter.running(belief.at, 0.0) and sign.kind not in belief.attack.raised:
            parts.append(f"{sign.kind.value} {sign.severity.value}: {meter.seconds:.1f} of {sign.after:.1f} s")
    return "; ".join(parts)


def explain_door(belief: Belief, incident: Incident, policy: Policy) -> list[str]:
    """The door's state in one line, and one line for each event that is in reach: how far it is.

    E.g. "phase suspected; leaf sealed, 0.04 unlike; 1 person; hands 6.2 s, works 6.2 s" and
    "tampering alarm: straining not seen, or works 6.2 of 10.0 s".
    """
    leaf = next((seen for seen in belief.of_door(incident.door) if seen.kind in _LEAF), None)
    at_door = _people(belief.count(Fact.PERSON_AT_DOOR, incident.door))
    parts = [f"phase {incident.phase.value}", _leaf(leaf), at_door]
    deeds = ", ".join(_deeds(incident, belief.at, policy))
    lines = ["; ".join([*parts, deeds] if deeds else parts)]
    by_name = sorted(hurdles(incident, belief.at, policy), key=lambda hurdle: hurdle.name)
    for name, group in groupby(by_name, key=lambda hurdle: hurdle.name):
        ways = list(group)
        if any(_is_near(way, leaf) for way in ways):
            lines.append(f"{name}: {', or '.join(_way(way, leaf) for way in ways)}")
    return lines if len(lines) > 1 else [*lines, "nothing seen that could rise"]


def _is_near(hurdle: Hurdle, leaf: Observation | None) -> bool:
    """Also an opened door while only part of the leaf differs, or has only begun to: its meter stands at zero."""
    asks_leaf = any(gauge.fact is Fact.LEAF_CHANGED for gauge in hurdle.gauges)
    differs = leaf is not None and leaf.kind in (Fact.LEAF_PARTLY_CHANGED, Fact.LEAF_CHANGED)
    return hurdle.touched or (asks_leaf and differs)


def _leaf(leaf: Observation | None) -> str:
    if leaf is None:
        return "leaf unknown"
    share = _share(leaf)
    return _LEAF[leaf.kind] if share is None else f"{_LEAF[leaf.kind]}, {share:.2f} unlike"


def _share(leaf: Observation | None) -> float | None:
    """Unlike share of the leaf, 0..1, None if it cannot be told."""
    if leaf is None or leaf.kind in (Fact.LEAF_HIDDEN, Fact.LEAF_AJAR):
        return None
    return 1.0 - leaf.confidence if leaf.kind is Fact.LEAF_SEALED else leaf.confidence


def _deeds(incident: Incident, at: float, policy: Policy) -> Iterator[str]:
    for fact, word in _DEEDS.items():
        meter = incident.meter(fact)
        if meter.running(at, policy.forget):
            counted = f" ({meter.count} {_COUNTED[fact]})" if fact in _COUNTED else ""
            yield f"{word} {meter.seconds:.1f} s{counted}"


def _way(hurdle: Hurdle, leaf: Observation | None) -> str:
    return " and ".join(_gauge(gauge, leaf) for gauge in hurdle.gauges)


def _gauge(gauge: Gauge, leaf: Observation | None) -> str:
    word = _ASKED.get(gauge.fact, gauge.fact.value.replace("_", " "))
    if gauge.needed == 0.0:
        return f"{word} {'seen' if gauge.cleared else 'not seen'}"
    told = f"{word} {gauge.reached:.1f} of {gauge.needed:.1f} s"
    share = _share(leaf)
    if gauge.fact is not Fact.LEAF_CHANGED or share is None or gauge.cleared:
        return told
    return f"{told} (leaf share {share:.2f} of {LEAST_CHANGED_SHARE:.2f} to {MOST_CHANGED_SHARE:.2f})"


def _people(count: int) -> str:
    return "nobody" if count == 0 else "1 person" if count == 1 else f"{count} people"
