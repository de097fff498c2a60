"""What a technician draws on a camera's picture, and whether it protects less than what was there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Polygon, Role

GRID = 400
"""Masks are compared at so many points across and down; each counts, for what may recede a little does so each time."""
HIDDEN = 0.25
"""A sealed leaf of which masks hide at least this share can hardly be compared."""


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
    given = {door.id for door in new.doors}
    for number in unwatched(old.doors, new.doors):
        field = "doors" if old.doors[number].id not in given else f"doors[{number}].role"
        yield field, f"the sealed door {old.doors[number].id} would no longer be watched"
    for number in receding(old.masks, new.masks):
        yield "masks", f"what mask {number + 1} hides would be shown in part"
    for number in blinded(old, new):
        yield "masks", f"the sealed door {old.doors[number].id} would be hidden by a mask"


def unwatched(old: Sequence[DrawnDoor], new: Sequence[DrawnDoor]) -> list[int]:
    """Which of the old doors are sealed, and are so no longer."""
    sealed = {door.id for door in new if door.role is Role.SEALED}
    return [number for number, door in enumerate(old) if door.role is Role.SEALED and door.id not in sealed]


def receding(old: Sequence[Polygon], new: Sequence[Polygon]) -> list[int]:
    """Which of the old masks hide something that all the new ones together do not."""
    if all(mask in new for mask in old):
        return []
    bare = ~_covered(new)
    return [number for number, mask in enumerate(old) if mask not in new and _shows(_covered([mask]), bare)]


def blinded(old: Layout, new: Layout) -> list[int]:
    """Which of the old doors are sealed in both, and hidden by masks as they were not before."""
    leaves = {door.id: door.leaf for door in new.doors if door.role is Role.SEALED}
    if (old.masks, [leaves.get(door.id) for door in old.doors]) == (new.masks, [door.leaf for door in old.doors]):
        return []
    before, now = _covered(old.masks), _covered(new.masks)
    return [
        number
        for number, door in enumerate(old.doors)
        if door.role is Role.SEALED
        and door.id in leaves
        and (hidden := _share(leaves[door.id], now)) >= HIDDEN
        and hidden > _share(door.leaf, before)
    ]


def clear_of(masks: Sequence[Polygon], leaves: Sequence[Polygon]) -> list[Polygon]:
    """Those masks that hide nothing of the leaves."""
    seen = _covered(leaves)
    return [mask for mask in masks if not np.any(_covered([mask]) & seen)]


def _share(leaf: Polygon, hidden: NDArray[np.bool_]) -> float:
    inside = _covered([leaf])
    return float(np.count_nonzero(inside & hidden)) / max(1, int(np.count_nonzero(inside)))


def _shows(hidden: NDArray[np.bool_], bare: NDArray[np.bool_]) -> bool:
    """No point of the grid may lie in a very small mask: that one is taken for shown."""
    return bool(not hidden.any() or np.any(hidden & bare))


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
