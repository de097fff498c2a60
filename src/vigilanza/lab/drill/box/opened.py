"""Break-ins that a watch has to notice: doors whose contacts open."""

import threading
from collections import Counter
from random import Random

from sqlalchemy import Engine, select

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.landing import Landing
from vigilanza.lab.drill.box.pace import Pace
from vigilanza.lab.drill.box.promises import Account, account_of_alerts
from vigilanza.lab.drill.party import Party
from vigilanza.store.database import open_database, reading
from vigilanza.store.schema import incidents
from vigilanza.store.schema_bridge import deliveries

_LOOK_S = 0.1


class Opened:
    """One door after the other. Each is one incident, whatever happens to the watch, and there is no other."""

    def __init__(self, box: Box, landing: Landing, pace: Pace) -> None:
        self._box, self._landing, self._pace = box, landing, pace
        self._chance = Random(box.chance.random())
        self._opened: dict[str, float] = {}
        self._seen: dict[str, float] = {}

    @property
    def break_ins(self) -> int:
        """See Story."""
        return len(self._opened)

    def run(self, mended: threading.Event) -> None:
        """See Story. Where no door is left it ends before that."""
        numbers, last = iter(range(len(self._landing.doors))), False
        engine = open_database(self._box.database.url)
        while not last and (number := next(numbers, None)) is not None:
            last = mended.is_set() and len(self._opened) >= self._pace.least
            self._landing.open(number)
            self._opened[self._landing.doors[number]] = self._box.clock.monotonic()
            self._look(engine, self._chance.uniform(0.0, self._pace.pause))
        engine.dispose()

    def waiting(self, engine: Engine) -> int:
        """See Story."""
        self._note(engine)
        return len(self._opened) - len(self._seen)

    @property
    def longest_gap(self) -> float:
        """See Story."""
        now, began = self._box.clock.monotonic(), min(self._seen.values(), default=0.0)
        gaps = (self._seen.get(door, now) - at for door, at in self._opened.items() if at >= began)
        return max(gaps, default=0.0)

    def account(self, engine: Engine) -> Account:
        """See Story. Of each door there is one alert; nobody decides, so that control rooms hear nothing."""
        with reading(engine) as connection:
            found = Counter(connection.execute(select(incidents.c.door)).scalars())
            queued = Counter(connection.execute(select(deliveries.c.destination)).scalars())
        doors = set(self._opened)
        journal = Account(
            lost=len(doors - set(found)),
            invented=(found - Counter(doors)).total(),
        )

        def due(party: Party) -> int:
            return max(len(doors), queued[party.name]) if party.settings()["kind"] == "municipal_vms" else 0

        return journal + account_of_alerts(engine, self._box.parties, due)

    def _look(self, engine: Engine, seconds: float) -> None:
        """For so long."""
        until, never = self._box.clock.monotonic() + seconds, threading.Event()
        while self._box.clock.monotonic() < until:
            self._note(engine)
            self._box.clock.wait(_LOOK_S, never)

    def _note(self, engine: Engine) -> None:
        try:
            with reading(engine) as connection:
                found = set(connection.execute(select(incidents.c.door)).scalars())
        except JournalUnavailable:
            return  # the watch is writing
        now = self._box.clock.monotonic()
        for door in found & set(self._opened):
            self._seen.setdefault(door, now)
