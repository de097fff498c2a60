"""What goes wrong in a drill."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.relays import RelayProcess
from vigilanza.store.database import writing


class Chaos:
    """Breaks one thing after the other, and mends each before the next."""

    def __init__(
        self, parties: Sequence[Party], *, relay: RelayProcess, engine: Engine, chance: Random, clock: Clock
    ) -> None:
        self._parties, self._relay, self._engine = parties, relay, engine
        self._chance, self._clock = chance, clock
        self._counts: dict[str, int] = defaultdict(int)
        self._never = threading.Event()

    def run(self, done: threading.Event) -> None:
        """Until `done` is set; then everything works again."""
        acts = (self.kill_relay, self.freeze_relay, self.take_away, self.hold_database, *[self.misbehave] * 6)
        while not done.is_set():
            act = self._chance.choice(acts)
            act()
            self._counts[act.__name__] += 1
            self._wait(0.1, 0.8)

    def told(self) -> str:
        """What was done, and how often."""
        return ", ".join(f"{name} {count}" for name, count in sorted(self._counts.items()))

    def kill_relay(self) -> None:
        """kill -9, and started again a little later."""
        self._relay.kill()
        self._wait(0.0, 2.0)
        self._relay.start()

    def freeze_relay(self) -> None:
        """It stands still, mostly for a moment, now and then for longer than a lease."""
        self._relay.freeze()
        self._wait(0.5, 3.0) if self._chance.random() < 0.8 else self._wait(21.0, 23.0)
        self._relay.thaw()

    def take_away(self) -> None:
        """A receiver is gone for a while."""
        party = self._chance.choice(self._parties)
        party.down()
        self._wait(0.5, 4.0)
        party.up()

    def hold_database(self) -> None:
        """Somebody else writes for longer than anybody waits."""
        with writing(self._engine):
            self._wait(0.5, 4.0)

    def misbehave(self) -> None:
        """A receiver answers wrongly."""
        self._chance.choice(self._parties).misbehave(self._chance)

    def _wait(self, least: float, most: float) -> None:
        self._clock.wait(self._chance.uniform(least, most), self._never)
