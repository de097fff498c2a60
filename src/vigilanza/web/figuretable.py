"""Statistics as a table for spreadsheets: a row for each figure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS = ("group", "of", "figure", "value")
_NAMES = ("key", "destination")
"""What a row of a group is called by."""


def figure_rows(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What /api/statistics tells, in its order and by its names. What is not known is an empty cell."""
    for group, value in told.items():
        yield from _rows(group, "", value)


def _rows(group: str, of: str, value: Any) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, Mapping):
        name = next((value[key] for key in _NAMES if key in value), of)
        for key, inner in value.items():
            if key in _NAMES:
                continue
            if isinstance(inner, Mapping | list):
                yield from _rows(f"{group}.{key}", str(name), inner)
            else:
                yield group, str(name), key, _cell(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            if isinstance(inner, Mapping):
                yield from _rows(group, of, inner)
            else:
                yield group, of, str(number + 1), _cell(inner)
    else:
        yield "", of, group, _cell(value)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
