"""Which sequence number an alert goes by: the same at every attempt, also after a restart."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.notebook import Notebook

NOTE = "dc09"
HIGHEST = 9999
TRIED_MAX = 200
"""So many alerts that were tried and have no receipt keep their numbers; an older one would get new ones, and the
receiver may then show it twice."""


@dataclass(slots=True)
class _Page:
    """The note: the last number given, and the numbers of the alerts under way, oldest first."""

    last: int = 0
    tried: dict[str, list[int]] = field(default_factory=dict)


class Numbers:
    """The numbers of one destination, 1 to 9999 and round again."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def take(self, alert: str, count: int) -> tuple[int, ...]:
        """`count` numbers for the alert: those it already has, or the next ones. JournalUnavailable if they cannot be
        kept: then nothing may be sent under them.
        """
        kept = _read(self._notebook.read(NOTE)).tried.get(alert, [])
        if len(kept) == count:
            return tuple(kept)
        taken: list[int] = []

        def write(note: str | None) -> str:
            page = _read(note)
            numbers = page.tried.get(alert, [])
            if len(numbers) != count:
                numbers = [(page.last + step) % HIGHEST + 1 for step in range(count)]
                page.last = numbers[-1]
                page.tried[alert] = numbers
            while len(page.tried) > TRIED_MAX:
                del page.tried[next(iter(page.tried))]
            taken[:] = numbers
            return json.dumps({"last": page.last, "tried": page.tried}, separators=(",", ":"))

        self._notebook.change(NOTE, write)
        return tuple(taken)

    def settle(self, alert: str) -> None:
        """The alert will not be sent again."""

        def write(note: str | None) -> str:
            page = _read(note)
            page.tried.pop(alert, None)
            return json.dumps({"last": page.last, "tried": page.tried}, separators=(",", ":"))

        # The receiver has it: whether that is noted here must not count against the receipt.
        with suppress(JournalUnavailable):
            self._notebook.change(NOTE, write)


def _read(note: str | None) -> _Page:
    """A note that is none of ours counts as none."""
    try:
        raw: Any = json.loads(note or "{}")
        last = int(raw.get("last", 0))
        tried = {str(alert): [int(one) for one in numbers] for alert, numbers in raw.get("tried", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return _Page()
    return _Page(last % (HIGHEST + 1), tried)
