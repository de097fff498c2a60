"""A door as one camera sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""(x, y) in 0..1 of the picture's width and height, origin at the top left."""

Polygon: TypeAlias = tuple[Point, ...]
"""At least three corners in order, closed by itself, not crossing itself."""


def area(polygon: Sequence[Point]) -> float:
    """Share of the picture, 0..1."""
    shifted = [*polygon[1:], polygon[0]]
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(polygon, shifted, strict=True))) / 2


class Role(StrEnum):
    """What a door is to us; only sealed doors are watched."""

    SEALED = "sealed"
    NEIGHBOUR = "neighbour"
    LIFT = "lift"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact at a door, wired to the digital input of that name; `open_when` the input is on (True) or off."""

    input: str
    open_when: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """The entrance of one unit in one camera's picture. `floor` is empty if it lies outside the picture."""

    id: str
    role: Role
    leaf: Polygon
    floor: Polygon = ()
    contact: Contact | None = None
