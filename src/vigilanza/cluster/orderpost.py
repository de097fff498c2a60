"""Tells each site how the work orders for its doors stand, until it has confirmed it."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeAlias

import structlog
from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NoAnswer

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.stream import PATIENCE_S
from vigilanza.domain.errors import ClusterUnavailable, DispatchRefused, JournalUnavailable
from vigilanza.domain.instruction import Answer, Instruction, Outcome, encode_instruction, read_answer
from vigilanza.domain.message import SIGNATURE, Message, answers, instructions
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.seal import is_sealed, seal
from vigilanza.store.siteorders import SiteOrders

log = structlog.get_logger(__name__)

LOOK_S = 1.0
ANSWER_S = 3.0
"""So long all sites together are waited for: one that is frozen holds the others up no longer."""
AGAIN_S = 5.0
"""A site that gave no answer is asked again after so long."""
REFUSED_AGAIN_S = 60.0
"""What a site does not take it is told again: its configuration may have been put right."""
Asked: TypeAlias = tuple[Instruction, Message]


class OrderPost:
    """What is owed is in the journal: nothing here is missed after a restart."""

    def __init__(
        self,
        *,
        connection: NatsConnection,
        key: SigningKey,
        keys: Mapping[str, Sequence[PublicKey]],
        orders: SiteOrders,
        quarantine: Quarantine,
        clock: Clock,
    ) -> None:
        """`key` signs what is told; `keys` are those of each site, by its id."""
        self._connection, self._key, self._keys = connection, key, keys
        self._orders, self._quarantine, self._clock = orders, quarantine, clock
        self._silent_until: dict[str, float] = {}
        self._refused_until: dict[tuple[str, int], float] = {}
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not self._clock.wait(LOOK_S, stop):
            try:
                self.run_once()
                self._away = False
            except (ClusterUnavailable, JournalUnavailable) as error:
                if not self._away:
                    log.error("sites are not told of work orders for now", why=str(error))
                self._away = True

    def run_once(self) -> int:
        """Tell what is owed and due; how many answers came. ClusterUnavailable, JournalUnavailable."""
        due = self._due(self._orders.unconfirmed())
        if not due:
            return 0
        heard = self._connection.call(partial(self._ask_all, due), patience_s=ANSWER_S + PATIENCE_S)
        now, answered = self._clock.monotonic(), 0
        for site, asked in heard.items():
            if len(asked) < len(due[site]):
                self._silent_until[site] = now + AGAIN_S
            for instruction, message in asked:
                answered += 1
                self._hear(instruction, message)
        return answered

    def _due(self, owed: Sequence[Instruction]) -> dict[str, list[Instruction]]:
        """By site. Whoever is not among `owed` any more is forgotten."""
        now, due = self._clock.monotonic(), defaultdict[str, list[Instruction]](list)
        changes = {(one.order.id, one.revision) for one in owed}
        self._refused_until = {change: until for change, until in self._refused_until.items() if change in changes}
        for one in owed:
            waits = max(
                self._silent_until.get(one.site, 0.0), self._refused_until.get((one.order.id, one.revision), 0.0)
            )
            if one.site in self._keys and waits <= now:
                due[one.site].append(one)
        return due

    async def _ask_all(self, due: Mapping[str, Sequence[Instruction]], client: Client) -> dict[str, list[Asked]]:
        heard: dict[str, list[Asked]] = {site: [] for site in due}
        await asyncio.gather(*(self._ask(client, site, told, heard[site]) for site, told in due.items()))
        return heard

    async def _ask(self, client: Client, site: str, told: Sequence[Instruction], heard: list[Asked]) -> None:
        """One after the other, so that they arrive in their order; `heard` keeps what came in time."""
        subject = instructions(site)
        with suppress(NoRespondersError, NoAnswer, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                for one in told:
                    body = encode_instruction(one)
                    headers = {SIGNATURE: seal(self._key, subject, body)}
                    reply = await client.request(subject, body, timeout=ANSWER_S, headers=headers)
                    heard.append((one, Message(reply.subject, (reply.headers or {}).get(SIGNATURE, ""), reply.data)))

    def _hear(self, told: Instruction, message: Message) -> None:
        try:
            answer = self._genuine(told, message)
            self._orders.take(answer)
        except DispatchRefused as error:
            self._quarantine.count(told.site, self._clock.now())
            self._silent_until[told.site] = self._clock.monotonic() + AGAIN_S
            log.error("answer about a work order not taken", site=told.site, order=told.order.id, why=str(error))
            return
        if answer.outcome is not Outcome.TAKEN:
            self._refused_until[told.order.id, told.revision] = self._clock.monotonic() + REFUSED_AGAIN_S
            log.warning(
                "work order not taken", site=told.site, order=told.order.id, what=answer.outcome, why=answer.why
            )

    def _genuine(self, told: Instruction, message: Message) -> Answer:
        if not is_sealed(self._keys[told.site], answers(told.site), message):
            raise DispatchRefused(
                f"it is not signed by site {told.site}: compare its key_file with public_key_files here"
            )
        try:
            answer = read_answer(message.body)
        except ValueError as error:
            raise DispatchRefused(f"site {told.site} answered {error}") from error
        if (answer.site, answer.order, answer.revision) != (told.site, told.order.id, told.revision):
            raise DispatchRefused(f"site {told.site} answered about something else")
        return answer
