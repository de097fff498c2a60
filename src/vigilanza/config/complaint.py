"""Pydantic's findings in the words of the person who wrote the file."""

import difflib
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from vigilanza.config.problem import Problem

_WORDS = {
    "string_type": 'must be text: put it in quotes, e.g. "0423"',
    "model_type": "must be a mapping (key: value)",
    "dict_type": "must be a mapping (key: value)",
    "list_type": "must be a list",
    "tuple_type": "must be a point [x, y]",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must not be empty",
    "too_short": "must have at least {min_length} of them, not {actual_length}",
    "too_long": "must have at most {max_length} of them",
}


def complaints(error: ValidationError, shape: type[BaseModel]) -> list[Problem]:
    """One problem per finding about a document of that shape; values, of which one might be a secret, stay unsaid."""
    found = error.errors(include_url=False, include_input=True)
    return [
        _unknown(shape, item["loc"])
        if item["type"] == "extra_forbidden"
        else _complaint(item["type"], _written(shape, item["loc"]), item.get("ctx", {}), item["msg"], item["input"])
        for item in found
    ]


def _unknown(shape: type[BaseModel], place: tuple[int | str, ...]) -> Problem:
    nearest = _nearest(str(place[-1]), _keys(shape, place))
    return Problem(_written(shape, place), f'unknown key "{place[-1]}"{nearest}')


def _complaint(kind: str, place: tuple[int | str, ...], context: dict[str, Any], message: str, given: Any) -> Problem:
    last = place[-1] if place else ""
    if kind == "missing":
        return Problem(place, "is missing" if isinstance(last, str) else "a point is [x, y]: two numbers")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _alternative(place, context, given)
    if kind == "value_error":
        return Problem(place, str(context["error"]))
    if kind == "too_long" and context.get("field_type") == "Tuple":
        return Problem(place, "a point is [x, y]: two numbers")
    if kind == "literal_error":
        expected = str(context["expected"])
        choices = [choice.strip("'") for choice in expected.replace(" or ", ", ").split(", ")]
        nearest = _nearest(given, choices) if isinstance(given, str) else ""
        return Problem(place, f"must be {expected.replace(chr(39), '')}{nearest}")
    words = _WORDS.get(kind)
    return Problem(place, words.format(**context) if words else message.replace("Input should be", "must be"))


def _alternative(place: tuple[int | str, ...], context: dict[str, Any], given: Any) -> Problem:
    """The key that says which of several parts this is, is missing or says none of them."""
    key = str(context["discriminator"]).strip("'")
    if "expected_tags" not in context:
        return Problem((*place, key), "is missing")
    names = str(context["expected_tags"]).replace("'", "").split(", ")
    said = given.get(key) if isinstance(given, dict) else None
    return Problem((*place, key), f"must be {' or '.join(names)}{_nearest(str(said), names)}")


def _nearest(word: str, valid: list[str]) -> str:
    close = difflib.get_close_matches(word.lower(), valid, n=1, cutoff=0.5)
    if close:
        return f', did you mean "{close[0]}"?'
    return f" (valid here: {', '.join(valid)})" if valid else ""


def _keys(shape: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that are valid where the last key of the place stands."""
    *_, (_, parts) = _walk(shape, place)
    return [] if len(parts) != 1 else list(parts[0].model_fields)


def _written(shape: type[BaseModel], place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place as the file has it: pydantic puts the name of the alternative behind that of a part with several."""
    return tuple(name for name, _ in _walk(shape, place) if name is not None)


def _walk(
    shape: type[BaseModel], place: tuple[int | str, ...]
) -> Iterator[tuple[int | str | None, list[type[BaseModel]]]]:
    """Each name of the place, None for that of an alternative, with the parts of which it may be a key."""
    parts: list[type[BaseModel]] = [shape]
    for name in place:
        if len(parts) > 1 and isinstance(name, str):
            parts = [part for part in parts if name in _names(part)]
            yield None, parts
            continue
        yield name, parts
        if isinstance(name, str) and parts:
            field = parts[0].model_fields.get(name)
            parts = [] if field is None else list(_parts_in(field.annotation))


def _names(part: type[BaseModel]) -> set[str]:
    """The words that say, in one of its keys, that a part is this alternative."""
    kinds = (typing.get_args(field.annotation) for field in part.model_fields.values() if field.is_required())
    return {str(words[0]) for words in kinds if len(words) == 1 and isinstance(words[0], str)}


def _parts_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside e.g. `list[CameraPart]` or `DpiaPart | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _parts_in(inner)
