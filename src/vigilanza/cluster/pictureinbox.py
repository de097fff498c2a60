"""Where a site is asked for pictures by its centre."""

import threading
from collections.abc import Callable, Sequence

import structlog

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.inbox import Inbox
from vigilanza.domain.errors import InstructionRefused
from vigilanza.domain.message import copies, pictures
from vigilanza.domain.picturerefusal import PictureRefused
from vigilanza.domain.picturerequest import (
    WHY_MAX,
    PictureReply,
    PictureRequest,
    encode_reply,
    read_request,
)
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.lending import Lending

log = structlog.get_logger(__name__)

REST_S = 0.04
"""Faster than a centre asks, see PicturePost."""


class PictureInbox:
    """Of one destination with `channel: centre`."""

    def __init__(
        self,
        *,
        connection: NatsConnection,
        site: str,
        keys: Sequence[PublicKey],
        key: SigningKey,
        lending: Lending,
        count: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """`keys`: the centre's; `key` signs the answers; `count` is told each outcome: "told" what there is, "given" a
        piece, "refused", and "discarded" what was not even answered.
        """
        self._site, self._lending, self._count = site, lending, count
        self._inbox = Inbox(
            connection=connection,
            subject=pictures(site),
            signed_as=copies(site),
            keys=keys,
            key=key,
            answer=self._answer,
            discarded=lambda: count("discarded"),
            what="requests for pictures",
            clock=clock,
            rest_s=REST_S,
        )

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        self._inbox.run(stop)

    def _answer(self, body: bytes) -> bytes:
        try:
            request = read_request(body)
        except ValueError as error:
            raise InstructionRefused(f"the centre sent what cannot be read: {str(error)[:WHY_MAX]}") from error
        if request.site != self._site:
            raise InstructionRefused(f"the centre sent what it says is for site {request.site}")
        return encode_reply(self._reply(request))

    def _reply(self, request: PictureRequest) -> PictureReply:
        try:
            if request.sha256 is None:
                listed = self._lending.listed(request.incident, request.offset)
                withdrawn = self._lending.withdrawn(request.incident)
                self._count("told")
                return PictureReply(request, listed=tuple(listed), withdrawn=tuple(withdrawn))
            piece = self._lending.piece(request.incident, request.sha256, request.offset, by=request.by)
        except PictureRefused as error:
            log.error("picture not given to the centre", incident=str(request.incident), why=str(error))
            self._count("refused")
            return PictureReply(request, why=str(error)[:WHY_MAX], refusal=error.refusal)
        self._count("given")
        return PictureReply(request, piece=piece)
