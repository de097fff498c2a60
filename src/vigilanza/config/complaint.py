"""Pydantic's findings in the words of the person who wrote the file."""

import difflib
import typing
from typing import Any

from pydantic import BaseModel, ValidationError

from vigilanza.config.problem import Problem

_WORDS = {
    "string_type": 'must be text: put it in quotes, e.g. "0423"',
    "model_type": "must be a mapping (key: value)",
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
        else _complaint(item["type"], item["loc"], item.get("ctx", {}), item["msg"], item["input"])
        for item in found
    ]


def _unknown(shape: type[BaseModel], place: tuple[int | str, ...]) -> Problem:
    return Problem(place, f'unknown key "{place[-1]}"{_nearest(str(place[-1]), _keys(shape, place))}')


def _complaint(kind: str, place: tuple[int | str, ...], context: dict[str, Any], message: str, given: Any) -> Problem:
    last = place[-1] if place else ""
    if kind == "missing":
        return Problem(place, "is missing" if isinstance(last, str) else "a point is [x, y]: two numbers")
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


def _nearest(word: str, valid: list[str]) -> str:
    close = difflib.get_close_matches(word.lower(), valid, n=1, cutoff=0.5)
    if close:
        return f', did you mean "{close[0]}"?'
    return f" (valid here: {', '.join(valid)})" if valid else ""


def _keys(shape: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that are valid where the last key of the place stands."""
    part: type[BaseModel] | None = shape
    for name in place[:-1]:
        if isinstance(name, str) and part is not None:
            field = part.model_fields.get(name)
            part = None if field is None else _part_in(field.annotation)
    return [] if part is None else list(part.model_fields)


def _part_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside e.g. `list[CameraPart]` or `DpiaPart | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_part_in(inner) for inner in typing.get_args(annotation))
    return next((part for part in found if part is not None), None)
