"""What a technician draws on a camera's picture, and whether it protects less than what was there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Polygon, Role

GRID = 400
"""Masks are compared at so many points across and down; each counts, for what may recede a little does so each time."""


@dataclass(frozen=True, slots=True)
class DrawnDoor:
    """`leaf` and `floor` in 0..1 of the picture; `floor` is empty if it lies outside."""

    id: str
    role: Role
    leaf: Polygon
    floor: Polygon = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Of one camera."""

    doors: tuple[DrawnDoor, ...]
    masks: tuple[Polygon, ...]


def weakened(old: Layout, new: Layout) -> Iterator[tuple[str, str]]:
    """(field, what protects less than before): a sealed door that is no longer watched, a mask that hides less."""
    roles = {door.id: door.role for door in new.doors}
    for number, door in enumerate(old.doors):
        if door.role is not Role.SEALED:
            continue
        if door.id not in roles:
            yield "doors", f"the sealed door {door.id} would no longer be watched"
        elif roles[door.id] is not Role.SEALED:
            yield f"doors[{number}].role", f"the sealed door {door.id} would no longer be watched"
    bare = ~_covered(new.masks)
    for number, mask in enumerate(old.masks):
        hidden = _covered([mask])  # no point of the grid may lie in a very small one
        if mask not in new.masks and (not hidden.any() or np.any(hidden & bare)):
            yield "masks", f"what mask {number + 1} hides would be shown in part"


def _covered(masks: Sequence[Polygon]) -> NDArray[np.bool_]:
    """Which points of the grid lie in any of the masks."""
    middle = (np.arange(GRID) + 0.5) / GRID
    found = np.zeros((GRID, GRID), dtype=np.bool_)
    for mask in masks:
        inside = np.zeros_like(found)
        for (ax, ay), (bx, by) in zip(mask, [*mask[1:], mask[0]], strict=True):
            if ay == by:
                continue
            rows = (middle >= min(ay, by)) & (middle < max(ay, by))
            crossing = ax + (middle[rows] - ay) * (bx - ax) / (by - ay)
            inside[rows] ^= middle[None, :] < crossing[:, None]
        found |= inside
    return found
