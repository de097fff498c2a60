"""The messages of a stream at the centre, in the order in which they came, each until it was dealt with."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NothingCame
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.stream import PATIENCE_S, ensure_stream
from vigilanza.domain.errors import ClusterUnavailable, JournalUnavailable
from vigilanza.domain.message import SIGNATURE, Message

log = structlog.get_logger(__name__)

BATCH = 64
WAIT_S, REST_S = 1.0, 0.02
RETRY_S = 1.0
ACK_WAIT_S = 60.0
_CONSUMER = "centre"


class Intake:
    """One stream's. It is the only one: what reads the stream beside it would break the order."""

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
        batch = self._connection.call(self._fetch, patience_s=WAIT_S + PATIENCE_S)
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

    async def _fetch(self, client: Client) -> list[Msg]:
        here = (client, client.stats["reconnects"])
        if self._pull is None or self._opened_for != here:
            self._pull, self._opened_for = await self._open(client), here
        # The library waits for a full batch as long as for the first message: so for one first, then for what is there.
        found: list[Msg] = []
        with suppress(NothingCame):
            found += await self._pull.fetch(1, timeout=WAIT_S)
            found += await self._pull.fetch(BATCH - 1, timeout=REST_S)
        return found

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
            max_ack_pending=BATCH,
        )
        await jetstream.add_consumer(name, consumer)
        return await jetstream.pull_subscribe_bind(_CONSUMER, name)
