"""What comes to a site in the name of its centre on one subject: only what is genuine is answered, and signed."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import TimeoutError as NothingCame

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.stream import PATIENCE_S
from vigilanza.domain.errors import ClusterUnavailable, InstructionRefused, JournalUnavailable
from vigilanza.domain.message import SIGNATURE, Message
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.seal import is_sealed, seal

log = structlog.get_logger(__name__)

WAIT_S, RETRY_S = 1.0, 1.0
WAITING_MAX = 64
"""What comes beyond that is dropped: the centre tells it again."""
TOLD_EVERY_S = 1.0


class Inbox:
    """Of one destination with `channel: centre`."""

    def __init__(
        self,
        *,
        connection: NatsConnection,
        subject: str,
        signed_as: str,
        keys: Sequence[PublicKey],
        key: SigningKey,
        answer: Callable[[bytes], bytes],
        discarded: Callable[[], None],
        what: str,
        clock: Clock,
        rest_s: float = 0.0,
    ) -> None:
        """`keys`: the centre's; `key` signs the answers, as said under `signed_as`. `answer` is given what is genuine,
        and may raise JournalUnavailable, or InstructionRefused for what is not even answered; `discarded` is told of
        each such. `what` comes here, in the words of a log. After each answer it rests for `rest_s`: so much of the
        site, its line, its journal and its log, whoever has the centre's key can have, and no more.
        """
        self._connection, self._subject, self._signed_as = connection, subject, signed_as
        self._keys, self._key, self._answer, self._discarded = tuple(keys), key, answer, discarded
        self._what, self._clock, self._rest_s = what, clock, rest_s
        self._subscription: Subscription | None = None
        self._opened_for: Client | None = None
        self._away, self._untold, self._told_at = False, 0, -TOLD_EVERY_S

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            try:
                if self.run_once():
                    self._clock.wait(self._rest_s, stop)
                self._away = False
            except (ClusterUnavailable, JournalUnavailable) as error:
                if not self._away:
                    log.error(f"no {self._what} come from the centre for now", why=str(error))
                self._away = True
                self._clock.wait(RETRY_S, stop)
        self._connection.close()

    def run_once(self) -> bool:
        """Answer one, waiting a second for it; whether one was. ClusterUnavailable, JournalUnavailable: told again."""
        came = self._connection.call(self._fetch, patience_s=WAIT_S + PATIENCE_S)
        if came is None:
            return False
        message = Message(came.subject, (came.headers or {}).get(SIGNATURE, ""), came.data)
        try:
            body = self._answer(self._genuine(message))
        except InstructionRefused as error:
            self._discard(str(error))
            return False
        if came.reply:
            headers = {SIGNATURE: seal(self._key, self._signed_as, body)}

            async def say(client: Client) -> None:
                await client.publish(came.reply, body, headers=headers)

            self._connection.call(say, patience_s=PATIENCE_S)
        return True

    def _genuine(self, message: Message) -> bytes:
        if message.subject != self._subject or not is_sealed(self._keys, self._subject, message):
            raise InstructionRefused(
                "it is not signed by the centre: compare centre.key_file there with public_key_files here; "
                "if they belong together, somebody else sends in its name"
            )
        return message.body

    def _discard(self, why: str) -> None:
        """Counted always, and logged once a second at most: whoever forges may do so without end."""
        self._discarded()
        self._untold += 1
        if self._clock.monotonic() - self._told_at >= TOLD_EVERY_S:
            log.error("instruction not taken", about=self._what, count=self._untold, why=why)
            self._untold, self._told_at = 0, self._clock.monotonic()

    async def _fetch(self, client: Client) -> Msg | None:
        if self._subscription is None or self._opened_for is not client:
            self._subscription, self._opened_for = await self._open(client), client
        with suppress(NothingCame):
            return await self._subscription.next_msg(timeout=WAIT_S)
        return None

    async def _open(self, client: Client) -> Subscription:
        subscription = await client.subscribe(self._subject, pending_msgs_limit=WAITING_MAX)
        await client.flush()
        if (error := client.last_error) is not None and self._subject in str(error):
            # It stands again by itself when the server lets us.
            said = f"no {self._what} can come: make the accounts of the NATS server anew (vigilanza centre nats-config)"
            log.error(said, why=str(error))
        return subscription
