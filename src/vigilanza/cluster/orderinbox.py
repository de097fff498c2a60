"""What comes to a site in the name of its centre: only what is genuine, and for this site, is taken and answered."""

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
from vigilanza.domain.instruction import WHY_MAX, Answer, Instruction, Outcome, encode_answer, read_instruction
from vigilanza.domain.message import SIGNATURE, Message, answers, instructions
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.seal import is_sealed, seal

log = structlog.get_logger(__name__)

WAIT_S, RETRY_S = 1.0, 1.0
WAITING_MAX = 64
"""What comes beyond that is dropped: the centre tells it again."""
TOLD_EVERY_S = 1.0


class OrderInbox:
    """Of one destination with `channel: centre`."""

    def __init__(
        self,
        *,
        connection: NatsConnection,
        site: str,
        keys: Sequence[PublicKey],
        key: SigningKey,
        take: Callable[[Instruction], Answer],
        count: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """`keys`: the centre's; `key` signs the answers; `take` may raise InstructionRefused and JournalUnavailable.
        `count` is told each outcome: those of `Outcome`, and "discarded" for what was not even answered.
        """
        self._connection, self._site, self._keys, self._key = connection, site, tuple(keys), key
        self._take, self._count, self._clock = take, count, clock
        self._subscription: Subscription | None = None
        self._opened_for: Client | None = None
        self._away, self._untold, self._told_at = False, 0, -TOLD_EVERY_S

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            try:
                self.run_once()
                self._away = False
            except (ClusterUnavailable, JournalUnavailable) as error:
                if not self._away:
                    log.error("no work orders come from the centre for now", why=str(error))
                self._away = True
                self._clock.wait(RETRY_S, stop)
        self._connection.close()

    def run_once(self) -> bool:
        """Take one, waiting a second for it; whether one came. ClusterUnavailable, JournalUnavailable: told again."""
        came = self._connection.call(self._fetch, patience_s=WAIT_S + PATIENCE_S)
        if came is None:
            return False
        message = Message(came.subject, (came.headers or {}).get(SIGNATURE, ""), came.data)
        try:
            answer = self._judge(self._genuine(message))
        except InstructionRefused as error:
            self._discard(str(error))
            return True
        self._count(answer.outcome.value)
        if came.reply:
            body = encode_answer(answer)
            headers = {SIGNATURE: seal(self._key, answers(self._site), body)}

            async def say(client: Client) -> None:
                await client.publish(came.reply, body, headers=headers)

            self._connection.call(say, patience_s=PATIENCE_S)
        return True

    def _judge(self, instruction: Instruction) -> Answer:
        order = instruction.order.id
        try:
            answer = self._take(instruction)
        except InstructionRefused as error:
            log.error("work order of the centre not taken", order=order, why=str(error))
            why = str(error)[:WHY_MAX]
            return Answer(self._site, order, instruction.revision, Outcome.REFUSED, why)
        log.info("work order of the centre", order=order, change=instruction.revision, what=answer.outcome.value)
        return answer

    def _genuine(self, message: Message) -> Instruction:
        subject = instructions(self._site)
        if message.subject != subject or not is_sealed(self._keys, subject, message):
            raise InstructionRefused(
                "it is not signed by the centre: compare centre.key_file there with public_key_files here; "
                "if they belong together, somebody else sends in its name"
            )
        try:
            instruction = read_instruction(message.body)
        except ValueError as error:
            raise InstructionRefused(f"the centre sent what cannot be read: {str(error)[:WHY_MAX]}") from error
        if instruction.site != self._site:
            raise InstructionRefused(f"the centre sent what it says is for site {instruction.site}")
        return instruction

    def _discard(self, why: str) -> None:
        """Counted always, and logged once a second at most: whoever forges may do so without end."""
        self._count("discarded")
        self._untold += 1
        if self._clock.monotonic() - self._told_at >= TOLD_EVERY_S:
            log.error("instruction not taken", count=self._untold, why=why)
            self._untold, self._told_at = 0, self._clock.monotonic()

    async def _fetch(self, client: Client) -> Msg | None:
        if self._subscription is None or self._opened_for is not client:
            self._subscription, self._opened_for = await self._open(client), client
        with suppress(NothingCame):
            return await self._subscription.next_msg(timeout=WAIT_S)
        return None

    async def _open(self, client: Client) -> Subscription:
        subject = instructions(self._site)
        subscription = await client.subscribe(subject, pending_msgs_limit=WAITING_MAX)
        await client.flush()
        if (error := client.last_error) is not None and subject in str(error):
            # It stands again by itself when the server lets us.
            said = "no work orders can come: make the accounts of the NATS server anew (vigilanza centre nats-config)"
            log.error(said, why=str(error))
        return subscription
