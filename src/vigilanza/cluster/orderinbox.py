"""Work orders that come to a site in the name of its centre: only what is for this site is taken and answered."""

import threading
from collections.abc import Callable, Sequence

import structlog

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.inbox import Inbox
from vigilanza.domain.errors import InstructionRefused
from vigilanza.domain.instruction import WHY_MAX, Answer, Instruction, Outcome, encode_answer, read_instruction
from vigilanza.domain.message import answers, instructions
from vigilanza.store.evidence.signature import PublicKey, SigningKey

log = structlog.get_logger(__name__)


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
        self._site, self._take, self._count = site, take, count
        self._inbox = Inbox(
            connection=connection,
            subject=instructions(site),
            signed_as=answers(site),
            keys=keys,
            key=key,
            answer=self._answer,
            discarded=lambda: count("discarded"),
            what="work orders",
            clock=clock,
        )

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        self._inbox.run(stop)

    def _answer(self, body: bytes) -> bytes:
        try:
            instruction = read_instruction(body)
        except ValueError as error:
            raise InstructionRefused(f"the centre sent what cannot be read: {str(error)[:WHY_MAX]}") from error
        if instruction.site != self._site:
            raise InstructionRefused(f"the centre sent what it says is for site {instruction.site}")
        answer = self._judge(instruction)
        self._count(answer.outcome.value)
        return encode_answer(answer)

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
