"""One fact in one picture: what was seen, not what it means."""

from dataclasses import dataclass
from enum import StrEnum

from vigilanza.domain.door import Polygon


class Fact(StrEnum):
    """What a detector can say. View facts are about the whole picture, PERSON about a place, the rest about a door."""

    PERSON = "person"
    PERSON_AT_DOOR = "person_at_door"
    HAND_ON_LEAF = "hand_on_leaf"
    WORKS_ON_LEAF = "works_on_leaf"
    CROUCHES_AT_LEAF = "crouches_at_leaf"
    STRAINS_AT_LEAF = "strains_at_leaf"
    LEAF_SHAKEN = "leaf_shaken"
    LEAF_SEALED = "leaf_sealed"
    LEAF_PARTLY_CHANGED = "leaf_partly_changed"
    SEAL_GONE = "seal_gone"
    LEAF_AJAR = "leaf_ajar"
    LEAF_CHANGED = "leaf_changed"
    LEAF_CHANGED_AGAIN = "leaf_changed_again"
    LEAF_HIDDEN = "leaf_hidden"
    CONTACT_OPEN = "contact_open"
    WENT_IN = "went_in"
    CAME_OUT = "came_out"
    VIEW_CLEAR = "view_clear"
    VIEW_COVERED = "view_covered"
    VIEW_MOVED = "view_moved"
    VIEW_DEFOCUSED = "view_defocused"
    VIEW_DARK = "view_dark"
    VIEW_FROZEN = "view_frozen"
    SIGNAL_LOST = "signal_lost"
    SIGNAL_UNSTEADY = "signal_unsteady"


@dataclass(frozen=True, slots=True)
class Observation:
    """`confidence` is 0..1; `where` is the door's id, None for the view; `region` outlines a place, or marks hands.

    `count` says how many where that matters: strokes of somebody who strains, shakes of a leaf.
    """

    kind: Fact
    confidence: float
    where: str | None = None
    region: Polygon = ()
    count: int = 1
