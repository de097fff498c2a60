"""A box that is played with: its parts, its receivers, its disk and its clock."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

from vigilanza.clock import Clock
from vigilanza.domain.decision import Decision
from vigilanza.lab.drill.box.asks import Decided
from vigilanza.lab.drill.box.clock import Ahead, BoxClock
from vigilanza.lab.drill.box.disk import Disk
from vigilanza.lab.drill.box.landing import Landing
from vigilanza.lab.drill.box.logpipe import LogPipe
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.box.page import AVS, NAME, Page
from vigilanza.lab.drill.box.process import BoxProcess
from vigilanza.lab.drill.box.recorded import Recorded
from vigilanza.lab.drill.database import Database
from vigilanza.lab.drill.party import Party

_AGAIN_S, _LOOK_S, _BEGIN_S = 1.0, 0.1, 30.0
"""A part that has ended by itself is started again after as long as `vigilanza run` waits the first time."""


@dataclass(frozen=True, slots=True)
class Box:
    """What can be broken; `faults` counts what was. `decided`: about which incidents an operator was to decide."""

    needs: Needs
    folder: Path
    parts: Mapping[str, BoxProcess]
    parties: Sequence[Party]
    recorded: Recorded
    database: Database
    disk: Disk | None
    ahead: Ahead
    chance: Random
    clock: Clock
    page: Page | None = None
    log_pipes: Sequence[LogPipe] = ()
    landing: Landing | None = None
    decided: set[UUID] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def time(self) -> BoxClock:
        """The box's own."""
        return BoxClock(self.ahead)

    @property
    def logs(self) -> str:
        """All that its parts said."""
        return "".join(log.read_text("utf-8", "replace") for log in self.folder.glob("*.log"))

    @property
    def runs(self) -> Sequence[Callable[[threading.Event], None]]:
        """What goes on beside, each in a thread, until its event is set."""
        return [self.look_after] if self.page is None else [self.look_after, self.page.run]

    @property
    def waiting(self) -> int:
        """So much of what was told is not known to be done."""
        return self.recorded.waiting + (0 if self.page is None else self.page.waiting)

    def decide(self, incident: UUID, at: float) -> None:
        """Have the operator confirm it, at the page or at `at`."""
        self.decided.add(incident)
        if self.page is None:
            self.recorded.tell(Decided(Decision(incident, NAME, at, avs=AVS)))
        else:
            self.page.confirm(incident)

    def wait(self, least: float, most: float) -> None:
        """So many seconds, by chance."""
        self.clock.wait(self.chance.uniform(least, most), threading.Event())

    def wait_for_work(self, *names: str) -> None:
        """Until these parts, or all, are at work: on a slow machine one would be broken before it did anything."""
        until, never = self.clock.monotonic() + _BEGIN_S, threading.Event()
        parts = [self.parts[name] for name in names or self.parts]
        while self.clock.monotonic() < until and not all(part.is_at_work for part in parts):
            self.clock.wait(_LOOK_S, never)

    @property
    def own_disk(self) -> Disk:
        """For a kind that needs one."""
        assert self.disk is not None
        return self.disk

    def stop(self, *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """All its parts at once, as when the power goes; `meanwhile` happens while none acts and all are there."""
        for part in self.parts.values():
            part.freeze()
        meanwhile()
        for part in self.parts.values():
            part.kill()

    def start(self) -> None:
        """All its parts."""
        for part in self.parts.values():
            part.start()

    def look_after(self, done: threading.Event) -> None:
        """Start what has ended by itself, until `done` is set."""
        due: dict[str, float] = {}
        while not self.clock.wait(_LOOK_S, done):
            now = self.clock.monotonic()
            for name, part in self.parts.items():
                if part.look_after():
                    due[name] = now + _AGAIN_S
                if name in due and now >= due[name]:
                    del due[name]
                    part.start_if_wanted()
