"""JSON as it goes between a site and its centre, and reading it from somebody who is not trusted."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

MESSAGE_MAX_BYTES = 65_536
_VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_END = 4_102_444_800.0
"""The year 2100: no clock is so far ahead."""
_HIGHEST = 2**62


def encode(told: Mapping[str, Any]) -> bytes:
    """`told` with the version of what is spoken; the same always gives the same bytes."""
    return json.dumps(
        {"version": _VERSION, **told}, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def read_object(raw: bytes) -> dict[str, Any]:
    """Inverse of `encode`; ValueError says what is wrong, as those below do."""
    if len(raw) > MESSAGE_MAX_BYTES:
        raise ValueError(f"it has {len(raw)} bytes, allowed are {MESSAGE_MAX_BYTES}")
    try:
        told = json.loads(raw, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("JSON that is too deep") from error
    if not isinstance(told, dict) or told.get("version") != _VERSION:
        raise ValueError(f"not of version {_VERSION}: site and centre run different versions of Vigilanza")
    return told


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def read_name(value: Any) -> str:
    """The id of something at a site."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"not the name of anything at a site: {str(value)[:80]!r}")
    return value


def read_person(value: Any) -> str:
    """The name of an account."""
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.isprintable():
        raise ValueError("not the name of an operator")
    return value


def read_text(value: Any) -> str:
    """A line for people: its length and what may stand in it is for others to judge."""
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("not a line of text")
    return value


def read_count(value: Any, *, least: int = 0) -> int:
    """A whole number that every database takes."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _HIGHEST:
        raise ValueError(f"not a count: {str(value)[:80]!r}")
    return value


def read_time(value: Any) -> float:
    """UTC in Unix seconds."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value < _END:
        raise ValueError(f"not a time: {str(value)[:80]!r}")
    return float(value)
