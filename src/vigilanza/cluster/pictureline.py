"""Asks a site for pictures, in the name of the centre; only what the site signed counts."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NoAnswer

from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.domain.errors import ClusterUnavailable, DispatchRefused
from vigilanza.domain.message import SIGNATURE, Message, copies, pictures
from vigilanza.domain.picturerefusal import PictureRefusal, PictureRefused
from vigilanza.domain.picturerequest import (
    LISTED_MAX,
    PictureReply,
    PictureRequest,
    RemotePicture,
    encode_request,
    read_reply,
)
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.seal import is_sealed, seal
from vigilanza.store.sitepictures import PictureWish

ANSWER_S, PIECE_S = 5.0, 12.0
"""So long one answer is waited for; a piece comes in time over the slowest line that will do (see PicturePost)."""
IN_ALL_MAX = 1000
"""No incident has so many pictures: a site that tells of more is asked no further."""
AHEAD_S = 3600.0
"""What is later than now by more is of a clock that is wrong, and would be kept for too long."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a site has of an incident, and the SHA-256 of what it withdrew."""

    listed: Sequence[RemotePicture]
    withdrawn: Sequence[str]


class PictureLine:
    """Every method may raise ClusterUnavailable (no answer), DispatchRefused (it is not to be believed) and
    PictureRefused (the site says why).
    """

    def __init__(
        self, *, connection: NatsConnection, key: SigningKey, keys: Mapping[str, Sequence[PublicKey]], clock: Clock
    ) -> None:
        """`key` signs what is asked; `keys` are those of each site, by its id."""
        self._connection, self._key, self._keys, self._clock = connection, key, keys, clock

    def inventory(self, wish: PictureWish) -> Inventory:
        """All that the site has of it."""
        listed: list[RemotePicture] = []
        while True:
            reply = self._ask(wish, None, len(listed), ANSWER_S)
            listed += reply.listed
            if any(one.end > self._clock.now() + AHEAD_S for one in reply.listed):
                raise DispatchRefused(f"site {wish.site} tells of pictures of the future: look at its clock")
            if len(listed) > IN_ALL_MAX:
                raise DispatchRefused(f"site {wish.site} tells of more than {IN_ALL_MAX} pictures of one incident")
            if len(reply.listed) < LISTED_MAX:
                return Inventory(listed, reply.withdrawn)

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
        """The bytes of a file from `offset` on, as many as the site gives at once; none where it ends."""
        return self._ask(wish, sha256, offset, PIECE_S).piece

    def _ask(self, wish: PictureWish, sha256: str | None, offset: int, answer_s: float) -> PictureReply:
        asked = PictureRequest(wish.site, wish.there, wish.by, sha256, offset)
        subject, body = pictures(wish.site), encode_request(asked)
        headers = {SIGNATURE: seal(self._key, subject, body)}

        async def request(client: Client) -> Message | None:
            with suppress(NoRespondersError, NoAnswer):
                reply = await client.request(subject, body, timeout=answer_s, headers=headers)
                return Message(reply.subject, (reply.headers or {}).get(SIGNATURE, ""), reply.data)
            return None

        message = self._connection.call(request, patience_s=2 * answer_s)
        if message is None:
            raise ClusterUnavailable(f"site {wish.site} does not answer")
        reply = self._genuine(asked, message)
        if reply.why:
            raise PictureRefused(reply.why, reply.refusal or PictureRefusal.OTHER)
        return reply

    def _genuine(self, asked: PictureRequest, message: Message) -> PictureReply:
        site = asked.site
        if not is_sealed(self._keys[site], copies(site), message):
            raise DispatchRefused(f"it is not signed by site {site}: compare its key_file with public_key_files here")
        try:
            reply = read_reply(message.body)
        except ValueError as error:
            raise DispatchRefused(f"site {site} answered {error}") from error
        if reply.asked != asked:
            raise DispatchRefused(f"site {site} answered about something else")
        return reply
