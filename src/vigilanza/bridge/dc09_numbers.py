"""Which sequence number an alert goes by: the same at every attempt, also after a restart."""

import json
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from vigilanza.store.notebook import Notebook

NOTE = "dc09"
HIGHEST = 9999
TRIED_MAX = 200
"""So many alerts that were tried and have no receipt keep their numbers; an older one would get new ones, and the
receiver may then show it twice."""
PAID_MAX = 32
"""When more than so many have numbers, those whose receipt is stored are looked for, and lose theirs."""

Owed: TypeAlias = Callable[[Collection[UUID]], AbstractSet[UUID]]
"""Which of these alerts have no receipt yet. Until it is stored an alert goes again, should its relay die before."""


@dataclass(slots=True)
class _Page:
    """The note: the last number given, and the numbers of alerts that may be sent again, oldest first."""

    last: int = 0
    tried: dict[UUID, list[int]] = field(default_factory=dict)


class Numbers:
    """The numbers of one destination, 1 to 9999 and round again."""

    def __init__(self, notebook: Notebook, *, owed: Owed) -> None:
        self._notebook, self._owed = notebook, owed

    def take(self, alert: UUID, count: int) -> tuple[int, ...]:
        """`count` numbers for the alert: those it already has, or the next ones. JournalUnavailable if they cannot be
        kept: then nothing may be sent under them.
        """
        known = _read(self._notebook.read(NOTE)).tried
        if len(kept := known.get(alert, [])) == count:
            return tuple(kept)
        paid = known.keys() - self._owed(known.keys()) if len(known) > PAID_MAX else set()
        taken: list[int] = []

        def write(note: str | None) -> str:
            page = _read(note)
            numbers = page.tried.get(alert, [])
            if len(numbers) != count:
                numbers = [(page.last + step) % HIGHEST + 1 for step in range(count)]
                page.last = numbers[-1]
                page.tried[alert] = numbers
            for one in paid:
                page.tried.pop(one, None)
            while len(page.tried) > TRIED_MAX:
                del page.tried[next(iter(page.tried))]
            taken[:] = numbers
            tried = {str(one): given for one, given in page.tried.items()}
            return json.dumps({"last": page.last, "tried": tried}, separators=(",", ":"))

        self._notebook.change(NOTE, write)
        return tuple(taken)


def _read(note: str | None) -> _Page:
    """A note that is none of ours counts as none."""
    try:
        raw: Any = json.loads(note or "{}")
        last = int(raw.get("last", 0))
        tried = {UUID(alert): [int(one) for one in numbers] for alert, numbers in raw.get("tried", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return _Page()
    return _Page(last % (HIGHEST + 1), tried)
