"""One thing that is wrong in a configuration file, and how it is told."""

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of the document, e.g. ("cameras", 0, "doors", 1, "leaf")."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (never repeating a secret) at which place."""

    place: Place
    what: str


def dotted(place: Place) -> str:
    """("cameras", 0, "id") as people write it: cameras[0].id"""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "document"
