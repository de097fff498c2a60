"""Takes up what is open on record where whoever watches has nothing open: else nobody would ever close it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

import structlog

from vigilanza.clock import Clock
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event

log = structlog.get_logger(__name__)

LOOK_S = 5.0


class Watcher(Protocol):
    """See Eyes."""

    @property
    def camera_id(self) -> str: ...

    @property
    def pipeline(self) -> Pipeline: ...

    def resume(self, told: Sequence[Event]) -> None: ...


class Strays:
    """Of one process. A box that had not heard yet that another one watches its camera told of them, or one that brings
    its events late, or a second incident was begun while the first was not known. One thread runs it.

    Nothing is closed here: the camera that sees the door closes it as one of its own.
    """

    def __init__(
        self,
        posts: Iterable[Watcher],
        *,
        recorded: Callable[[Mapping[str, AbstractSet[str | None]]], Sequence[Event]],
        note: Callable[[Sequence[Event]], None],
        clock: Clock,
    ) -> None:
        """`recorded`: see Journal.open_at; `note` is told of them first."""
        self._posts, self._recorded, self._note, self._clock = posts, recorded, note, clock
        self._found_at: dict[str, float] = {}
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not self._clock.wait(LOOK_S, stop):
            try:
                self.run_once()
            except JournalUnavailable as error:
                if not self._away:
                    log.warning("journal is away: what is open there is taken up later", why=str(error))
                self._away = True
            else:
                self._away = False

    def run_once(self) -> None:
        """Look once. JournalUnavailable."""
        eyes = {one.camera_id: one for one in self._posts}
        beliefs = {name: belief for name, one in eyes.items() if (belief := one.pipeline.belief()) is not None}
        seen = {name: belief.at for name, belief in beliefs.items()}
        # What was found before the last picture waits for the next one, perhaps for days.
        self._found_at = {name: at for name, at in self._found_at.items() if seen.get(name) == at}
        vacant = {name: belief.vacant() for name, belief in beliefs.items() if name not in self._found_at}
        found = self._recorded(vacant)
        self._note(found)
        for name in sorted({event.camera for event in found}):
            told = [event for event in found if event.camera == name]
            log.info("open on record, and taken up", camera=name, incidents=len({event.incident for event in told}))
            self._found_at[name] = seen[name]
            eyes[name].resume(told)
