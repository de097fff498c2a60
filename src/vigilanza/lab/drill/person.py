"""The person who has refused alerts tried again."""

import threading
from contextlib import suppress

from sqlalchemy import Engine, select

from vigilanza.clock import Clock
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import reading
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema_bridge import deliveries

NAME = "Ada"
_WHY = "the drill has every refused alert tried again"
_LOOK_S = 1.0


class Person:
    """Looks once a second: a receiver that answers wrongly may refuse for good what it would take a moment later."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine, self._clock, self._outbox = engine, clock, Outbox(engine)

    def run(self, done: threading.Event) -> None:
        """Until `done` is set."""
        refused = select(deliveries.c.id).where(deliveries.c.state == DeliveryState.REFUSED.value)
        while not self._clock.wait(_LOOK_S, done):
            try:
                with reading(self._engine) as connection:
                    waiting = list(connection.execute(refused).scalars())
                for alert in waiting:
                    with suppress(ValueError):  # an answer that came late has paid it meanwhile
                        self._outbox.requeue(alert, NAME, _WHY, self._clock.now())
            except JournalUnavailable:
                continue
