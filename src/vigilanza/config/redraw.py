"""Doors and masks of one camera, changed in the YAML's text: every other line stays as it is, byte for byte."""

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vigilanza.config.patch import patch, value_of
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.layout import DrawnDoor, Layout

DIGITS = 4
"""A tenth of a pixel in pictures of a thousand."""


def redraw(text: str, camera: str, layout: Layout) -> str:
    """The text with that camera's doors and masks; doors keep what is not drawn (contacts) and the file's order.

    New doors come last. Comments stay, but for those that end a line which goes. ConfigError if that cannot be done.
    """
    old = value_of(text, camera)
    number, wanted = _number(old, camera), _wanted(old, camera, layout)

    def alter(document: CommentedMap) -> None:
        _alter(document["cameras"][number], wanted["cameras"][number])

    return patch(text, wanted, alter, camera)


def _wanted(old: Any, camera: str, layout: Layout) -> Any:
    """The document's value as it is to become."""
    number = _number(old, camera)
    one = dict(old["cameras"][number])
    drawn = {door.id: door for door in layout.doors}
    known = [door["id"] for door in one.get("doors", [])]
    doors = [_door(door, drawn[door["id"]]) for door in one.get("doors", []) if door["id"] in drawn]
    doors += [_door({}, door) for door in layout.doors if door.id not in known]
    masks = [_points(mask, one.get("masks", [])) for mask in layout.masks]
    for key, value in (("doors", doors), ("masks", masks)):
        if value:
            one[key] = value
        elif one.get(key):
            del one[key]  # an empty list has no line for the comments of its items
    return {**old, "cameras": [one if at == number else each for at, each in enumerate(old["cameras"])]}


def _number(document: Any, camera: str) -> int:
    for number, one in enumerate(document["cameras"]):
        if one["id"] == camera:
            return number
    raise ConfigError(f"{camera}: no such camera in the file")


def _door(old: Mapping[str, Any], door: DrawnDoor) -> dict[str, Any]:
    new = {"id": door.id, "role": str(door.role), "leaf": _points(door.leaf, [old.get("leaf")])}
    if door.floor or "floor" in old:
        new["floor"] = _points(door.floor, [old.get("floor")])
    return {**old, **new}


def _points(polygon: Polygon, before: Sequence[Any]) -> Any:
    """As they were written, if that was so; else rounded."""
    points = [[x, y] for x, y in polygon]
    return points if points in before else [[round(x, DIGITS), round(y, DIGITS)] for x, y in points]


def _alter(camera: CommentedMap, wanted: Mapping[str, Any]) -> None:
    """In place: comments hang on what is already there."""
    for key in ("masks", "doors"):
        if key not in wanted:
            camera.pop(key, None)
        elif wanted[key] and not camera.get(key):
            _put(camera, key, CommentedSeq())
    if "doors" in wanted:
        doors, ids = camera["doors"], [door["id"] for door in wanted["doors"]]
        for at in reversed([at for at, door in enumerate(doors) if door["id"] not in ids]):
            del doors[at]
        for at, door in enumerate(wanted["doors"]):
            if at == len(doors):
                doors.append(CommentedMap(id=DoubleQuotedScalarString(door["id"])))
            for key, value in door.items():
                if doors[at].get(key) != value:
                    doors[at][key] = value if isinstance(value, str) else _flow(value)
    if "masks" in wanted:
        masks = camera["masks"]
        gone = [at for at, mask in enumerate(masks) if mask not in wanted["masks"]]
        for at in reversed(gone[: max(0, len(masks) - len(wanted["masks"]))]):
            del masks[at]
        for at, mask in enumerate(wanted["masks"]):
            if at == len(masks):
                masks.append(_flow(mask))
            elif masks[at] != mask:
                masks[at] = _flow(mask)


def _put(camera: CommentedMap, key: str, value: Any) -> None:
    """Before the last key: what follows that one in the text, belongs to what comes after the camera."""
    if key in camera:
        camera[key] = value
    else:
        camera.insert(max(1, len(camera) - 1), key, value)


def _flow(points: Sequence[Any]) -> CommentedSeq:
    """In one line."""
    sequence = CommentedSeq(_flow(point) if isinstance(point, list) else point for point in points)
    sequence.fa.set_flow_style()
    return sequence
