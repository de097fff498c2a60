"""The messages of a stream at the centre, those of a site in their order, each until it was dealt with."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.stream import PATIENCE_S, ensure_stream
from vigilanza.cluster.turns import Turns
from vigilanza.domain.errors import ClusterUnavailable, JournalUnavailable
from vigilanza.domain.message import SIGNATURE, Message

log = structlog.get_logger(__name__)

BATCH = 64
AHEAD, AHEAD_BYTES, READ = 16_384, 64_000_000, 256
"""What is read before its turn, so that what one site has kept for days holds up no other; so much at once."""
WAIT_S, REST_S, READ_S = 1.0, 0.02, 0.5
RETRY_S = 1.0
ACK_WAIT_S = 3600.0
"""Longer than anything waits for its turn; who comes after us is given all that we had not dealt with at once."""
_CONSUMER = "centre"


class Intake:
    """One stream's. It is the only one: what reads the stream beside it would break the order.

    Sites take turns: whoever sends one thing waits for one thing of each other site, however much that has sent.
    """

    def __init__(
        self,
        *,
        connection: NatsConnection,
        stream: StreamConfig,
        take: Callable[[Sequence[Message]], None],
        clock: Clock,
    ) -> None:
        """`take` may be given a message twice, and raises JournalUnavailable to be given all of them again."""
        self._connection, self._stream, self._take, self._clock = connection, stream, take, clock
        self._pull: JetStreamContext.PullSubscription | None = None
        self._opened_for: tuple[Client, int] | None = None
        self._turns: Turns[Msg] = Turns()
        self._away = False

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            try:
                self.run_once(stop)
                self._away = False
            except (ClusterUnavailable, JetStreamError) as error:
                self._pull = None
                if not self._away:
                    said = "nothing comes from the sites: look at the NATS server, and whether another centre runs"
                    log.error(said, why=str(error))
                self._away = True
                self._clock.wait(RETRY_S, stop)

    def run_once(self, stop: threading.Event) -> int:
        """Take what is there, waiting a second for something; how many. ClusterUnavailable or JetStream's own error."""
        self._connection.call(self._read, patience_s=WAIT_S + PATIENCE_S)
        batch = self._turns.take(BATCH)
        messages = [Message(one.subject, (one.headers or {}).get(SIGNATURE, ""), one.data) for one in batch]

        async def acknowledge(_: Client) -> None:
            for one in batch:
                await one.ack()

        if not messages or not self._taken(messages, stop):
            return 0
        self._connection.call(acknowledge, patience_s=PATIENCE_S)
        return len(messages)

    def _taken(self, messages: Sequence[Message], stop: threading.Event) -> bool:
        """False if `stop` came before the journal did: then nothing is acknowledged."""
        told = False
        while not stop.is_set():
            try:
                self._take(messages)
            except JournalUnavailable as error:
                if not told:
                    log.error("journal is away: what sites send waits", why=str(error))
                told = True
                self._clock.wait(RETRY_S, stop)
            else:
                return True
        return False

    async def _read(self, client: Client) -> None:
        here = (client, client.stats["reconnects"])
        if self._pull is None or self._opened_for != here:
            self._turns.clear()  # all of it is given again
            self._pull, self._opened_for = await self._open(client), here
        # The library waits for a full batch as long as for the first message: so for one first, then for what is there.
        with suppress(TimeoutError):  # the library's own, and at the last moment asyncio's
            if not self._turns:
                self._line_up(await self._pull.fetch(1, timeout=WAIT_S))
            until = self._clock.monotonic() + READ_S
            while self._has_room() and self._clock.monotonic() < until:
                found = await self._pull.fetch(READ, timeout=REST_S)
                self._line_up(found)
                if len(found) < READ:
                    return

    def _has_room(self) -> bool:
        return len(self._turns) <= AHEAD - READ and self._turns.size_bytes < AHEAD_BYTES

    def _line_up(self, found: Sequence[Msg]) -> None:
        for one in found:
            self._turns.add(one.subject, one, len(one.data))

    async def _open(self, client: Client) -> JetStreamContext.PullSubscription:
        """Begin with the oldest that is not acknowledged. A consumer that was there before may wait for
        acknowledgements of what got lost on its way, and would give what came later first.
        """
        await ensure_stream(client, self._stream)
        name, jetstream = str(self._stream.name), client.jetstream()
        with suppress(NotFoundError):
            await jetstream.delete_consumer(name, _CONSUMER)
        consumer = ConsumerConfig(
            durable_name=_CONSUMER,
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=ACK_WAIT_S,
            max_ack_pending=AHEAD,
        )
        await jetstream.add_consumer(name, consumer)
        return await jetstream.pull_subscribe_bind(_CONSUMER, name)
