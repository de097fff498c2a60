"""Clips that are to be made, and what became of them."""

from dataclasses import dataclass
from uuid import UUID

from vigilanza.capture.mask import Cover
from vigilanza.domain.events import Event


@dataclass(frozen=True, slots=True)
class Cut:
    """A clip to be made at `due` (Clock.now()): from `start` to `end`, UTC in Unix seconds; `tries` made so far.

    `replaces`: media that go when it is made, or cannot be: they show the inside of a flat. `whole`: not the short
    first one.
    """

    event: Event
    start: float
    end: float
    due: float
    tries: int = 0
    replaces: frozenset[UUID] = frozenset()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What was made of a cut: its first and last picture's time, what was covered in it, and its media."""

    cut: Cut
    start: float
    end: float
    covers: tuple[Cover, ...]
    media: frozenset[UUID]
