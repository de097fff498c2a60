"""Doors and masks of one camera, changed in the YAML's text: every other line stays as it is, byte for byte."""

import io
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vigilanza.config.markup import Malformed, read
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.layout import DrawnDoor, Layout

DIGITS = 4
"""A tenth of a pixel in pictures of a thousand."""
_INDENTS = ((4, 2), (2, 0), (3, 1), (6, 4))
"""Of lists, as people write them: where an item's keys stand, and its hyphen."""
_BY_HAND = "change it by hand: its layout cannot be kept otherwise"


def redraw(text: str, camera: str, layout: Layout) -> str:
    """The text with that camera's doors and masks; doors keep what is not drawn (contacts) and the file's order.

    New doors come last. Comments stay, but for those that end a line which goes. ConfigError if that cannot be done.
    """
    try:
        wanted = _wanted(read(text.encode()).value, camera, layout)
        for new in _patched(text, camera, wanted):
            if _value(new) == wanted and _remarks(new) == _remarks(text):
                return new
    except (Malformed, YAMLError) as error:
        raise ConfigError(f"{camera}: {_BY_HAND}") from error
    raise ConfigError(f"{camera}: {_BY_HAND}")


def _value(text: str) -> Any:
    """None if lists that are indented otherwise have made it no YAML."""
    try:
        return read(text.encode()).value
    except Malformed:
        return None


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


def _patched(text: str, camera: str, wanted: Any) -> Iterator[str]:
    """What changes between two round trips is changed in the text; what round trips themselves change is not.

    For each way to indent, the one first that comes nearest to the text.
    """
    source = text.splitlines(keepends=True)
    tried = []
    for sequence, offset in _INDENTS:
        yaml = YAML()
        yaml.preserve_quotes, yaml.width = True, 1_000_000
        yaml.indent(mapping=2, sequence=sequence, offset=offset)
        document = yaml.load(text)
        plain = _dumped(yaml, document)
        if len(plain) == len(source):
            number = _number(document, camera)
            _alter(document["cameras"][number], wanted["cameras"][number])
            strange = sum(ours != theirs for ours, theirs in zip(source, plain, strict=True))
            tried.append((strange, plain, _dumped(yaml, document)))
    for _, plain, drawn in sorted(tried, key=lambda one: one[0]):
        yield "".join(_merged(source, plain, drawn))


def _dumped(yaml: YAML, document: Any) -> list[str]:
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().splitlines(keepends=True)


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


def _merged(source: Sequence[str], plain: Sequence[str], drawn: Sequence[str]) -> list[str]:
    """The source, changed as `plain` has to be to become `drawn`. No line that is a comment, or empty, goes."""
    merged: list[str] = []
    for what, begin, end, first, last in SequenceMatcher(None, plain, drawn, autojunk=False).get_opcodes():
        if what == "equal":
            merged += source[begin:end]
            continue
        there = {line.strip() for line in drawn[first:last]}
        kept = [line for line in source[begin:end] if _is_bare(line) and line.strip() not in there]
        at = len(merged) - (_trailing(merged, drawn[first]) if what == "insert" else 0)
        merged[at:at] = [*drawn[first:last], *kept]
    return merged


def _trailing(lines: Sequence[str], new: str) -> int:
    """How many lines before the new one belong to what comes after it: empty ones, and comments further left."""
    count = 0
    for line in reversed(lines):
        if not _is_bare(line) or (line.strip() and _indent(line) >= _indent(new)):
            break
        count += 1
    return count


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_bare(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _remarks(text: str) -> list[str]:
    return sorted(_bare_lines(text))


def _bare_lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.lstrip().startswith("#"))
