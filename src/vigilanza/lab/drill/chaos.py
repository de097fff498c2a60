"""What goes wrong in a drill."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from random import Random

from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.relays import RelayProcess
from vigilanza.lab.postgres import PostgresServer
from vigilanza.store.database import writing

RELAY, DATABASE = "relay", "database"
_SELDOM = 0.2
_BEGIN_S, _LOOK_S = 60.0, 0.1


class Fault(StrEnum):
    """Ended without a word; stood still; answered wrongly, or, of a database: let nobody write."""

    KILLED = "killed"
    FROZEN = "frozen"
    WRONG = "wrong"


class Chaos:
    """Breaks one thing after the other, and mends each before the next."""

    def __init__(
        self,
        parties: Sequence[Party],
        *,
        relay: RelayProcess,
        engine: Engine,
        server: PostgresServer | None,
        chance: Random,
        clock: Clock,
    ) -> None:
        """`server` is that of the database, if it has one."""
        self._parties, self._relay, self._engine, self._server = parties, relay, engine, server
        self._chance, self._clock = chance, clock
        self._counts: Counter[tuple[str, Fault]] = Counter()
        self._never = threading.Event()

    @property
    def counts(self) -> Mapping[tuple[str, Fault], int]:
        """How often what was done to whom: a party's name, RELAY or DATABASE."""
        return self._counts

    def run(self, done: threading.Event) -> None:
        """Until `done` is set; then everything works again."""
        acts: list[Callable[[], None]] = [
            self.kill_relay,
            self.freeze_relay,
            self.kill_receiver,
            self.freeze_receiver,
            self.hold_database,
            *[self.misbehave] * 6,
        ]
        if self._server is not None:
            acts += [self.kill_database, self.freeze_database]
        while not done.is_set():
            self._chance.choice(acts)()
            self._wait(0.1, 0.8)

    def kill_relay(self) -> None:
        """kill -9, and started again a little later."""
        self._relay.check()
        self._count(RELAY, Fault.KILLED)
        self._relay.kill()
        self._wait(0.0, 2.0)
        self._relay.start()
        # Else a slow machine would have it killed again and again before it can carry anything.
        until = self._clock.monotonic() + _BEGIN_S
        while not self._relay.has_begun and self._clock.monotonic() < until:
            self._relay.check()
            self._clock.wait(_LOOK_S, self._never)

    def freeze_relay(self) -> None:
        """It stands still, mostly for a moment, now and then for longer than a lease."""
        self._relay.check()
        self._count(RELAY, Fault.FROZEN)
        self._relay.freeze()
        self._wait_long(21.0)
        self._relay.thaw()

    def kill_receiver(self) -> None:
        """One is gone for a while."""
        party = self._chance.choice(self._parties)
        self._count(party.name, Fault.KILLED)
        party.down()
        self._wait(0.5, 4.0)
        party.up()

    def freeze_receiver(self) -> None:
        """One stands still, now and then for longer than anybody waits for its answer."""
        party = self._chance.choice(self._parties)
        self._count(party.name, Fault.FROZEN)
        party.freeze()
        self._wait_long(14.0)
        party.thaw()

    def hold_database(self) -> None:
        """Somebody else writes for longer than is good."""
        # If others write all the time, it was held as well.
        with suppress(JournalUnavailable), writing(self._engine):
            self._count(DATABASE, Fault.WRONG)
            self._wait(0.5, 4.0)

    def kill_database(self) -> None:
        """kill -9, and started again a little later."""
        assert self._server is not None
        self._count(DATABASE, Fault.KILLED)
        self._server.kill()
        self._wait(0.0, 3.0)
        self._server.start()

    def freeze_database(self) -> None:
        """It stands still, now and then for longer than anybody waits for its answer."""
        assert self._server is not None
        self._count(DATABASE, Fault.FROZEN)
        self._server.freeze()
        self._wait_long(17.0)
        self._server.thaw()

    def misbehave(self) -> None:
        """A receiver answers wrongly."""
        party = self._chance.choice(self._parties)
        self._count(party.name, Fault.WRONG)
        party.misbehave(self._chance)

    def _count(self, whom: str, fault: Fault) -> None:
        self._counts[whom, fault] += 1

    def _wait_long(self, long: float) -> None:
        """Seldom for `long` and up to two seconds more."""
        self._wait(long, long + 2.0) if self._chance.random() < _SELDOM else self._wait(0.5, 3.0)

    def _wait(self, least: float, most: float) -> None:
        self._clock.wait(self._chance.uniform(least, most), self._never)
