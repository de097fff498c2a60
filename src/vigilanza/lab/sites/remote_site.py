"""A simulated site: its own key, account and connection, and what a real one's channel says; but no store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from vigilanza.bridge.centre import CentreChannel
from vigilanza.bridge.lookout import PROBE_SECONDS
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.cluster.connection import CarefulClient
from vigilanza.cluster.stream import PATIENCE_S, put
from vigilanza.domain.alert import alerts_for_event
from vigilanza.domain.delivery import Alert, Destination, DestinationKind
from vigilanza.domain.edition import LETTERS, Edition
from vigilanza.domain.events import Event
from vigilanza.lab.sites.envelope import Envelope, Posted
from vigilanza.lab.sites.town import Happening
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.notebook import Notebook

CENTRE = Destination("centre", DestinationKind.CENTRE)
EDITION = Edition("0.1.0", "0" * LETTERS)
LOOK_S = 0.25
"""A relay looks so often for what it owes."""
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that the stream has. `at_s`: its commit, seconds after the beginning."""

    site: str
    incident: UUID
    sequence: int
    at_s: float
    size_bytes: int


class RemoteSite:
    """Commits nothing, but tells it as if it had been committed at that time."""

    def __init__(
        self,
        name: str,
        *,
        key: SigningKey,
        options: Mapping[str, Any],
        notebook: Notebook,
        clock: Clock,
        phase: float,
        note: Callable[[Sent], None],
    ) -> None:
        """`options`: of its connection. `phase`: 0 to 1, where in its own rounds it is at the beginning."""
        self.name, self._options, self._clock, self._phase, self._note = name, options, clock, phase, note
        self._envelope = Envelope()
        self._numbers: dict[UUID, int] = {}
        self._paid = 0
        self.pulses = self.attempts_failed = 0
        self._channel = CentreChannel(
            destination=CENTRE,
            stream=self._envelope,
            key=key,
            site=name,
            notebook=notebook,
            numbers=lambda alert: (self._numbers[alert], self._numbers[alert] - 1),
            last_paid=lambda: self._paid,
            runs=lambda: EDITION,
            clock=clock,
        )
        self._client = CarefulClient()

    async def join(self) -> None:
        """Connect, and give a first sign of life, as a relay does."""
        await self._client.join(self._options, on_error=self._failed, on_back=_back)
        await self._pulse()

    async def leave(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def tell(self, happenings: Sequence[Happening], *, began: float) -> None:
        """All of them, each at its time, or as soon as those before it are told. `began`: by the monotonic clock."""
        for one in happenings:
            await self._wait_until(began + one.at_s)
            posted = self._posted(one.event)
            await self._bring(posted)
            self._paid += 1
            self._note(Sent(self.name, one.event.incident, one.event.sequence, one.at_s, posted.size_bytes))

    async def live(self) -> None:
        """Signs of life, until cancelled: one a minute."""
        await asyncio.sleep(self._phase * PROBE_SECONDS)
        while True:
            await self._pulse()
            await asyncio.sleep(PROBE_SECONDS)

    async def _wait_until(self, due: float) -> None:
        """Until the first look of the relay at or after `due`; not at all if that is past: it does not rest then."""
        look = (ceil(due / LOOK_S - self._phase) + self._phase) * LOOK_S
        if (rest := look - self._clock.monotonic()) > 0:
            await asyncio.sleep(rest)

    def _posted(self, event: Event) -> Posted:
        alert = _alert(event, self.name)
        self._numbers = {alert.id: self._paid + 1}
        self._channel.send(alert, Transcript())
        return self._envelope.take()

    async def _pulse(self) -> None:
        self._channel.probe()
        await self._bring(self._envelope.take())
        self.pulses += 1

    async def _bring(self, posted: Posted) -> None:
        """The same bytes, until the stream has them."""
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await put(self._client, posted.subject, posted.body, posted.headers)
                return
            except (TimeoutError, NatsError, OSError, JetStreamError):
                self.attempts_failed += 1
                await asyncio.sleep(AGAIN_S)

    async def _failed(self, _: Exception) -> None:
        self.attempts_failed += 1


def _alert(event: Event, site: str) -> Alert:
    [alert] = alerts_for_event(
        event,
        destinations=[CENTRE],
        confirmed_avs=None,
        first_at=event.at,
        first_entry_at=None,
        site=site,
        told=frozenset(),
        next_sequence=lambda _: event.sequence,
    )
    return alert


async def _back() -> None:
    """Nothing is to be done: what was not taken is tried again."""
