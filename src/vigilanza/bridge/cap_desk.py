"""Takes the signed answers of one peer: whether each is genuine, what it answers, and that it is kept once."""

from collections.abc import Iterator
from dataclasses import dataclass

from vigilanza.bridge.cap import CapWriter, Name, place_in
from vigilanza.bridge.cap_reply import CapReply, read_reply
from vigilanza.bridge.cap_signature import CapSigner, CapVerifier, NotGenuine, NotXml
from vigilanza.bridge.pictures import Pictures
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Delivery, Receipt
from vigilanza.domain.errors import VigilanzaError
from vigilanza.store.mailbox import Letter, Mailbox
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies


@dataclass(frozen=True, slots=True)
class CapPeer:
    """One destination that speaks CAP: what we write to it, and how it is known."""

    id: str
    writer: CapWriter
    signer: CapSigner
    verifier: CapVerifier
    pictures: Pictures

    def message(self, alert: Alert) -> bytes:
        """Signed, with links to pictures that hold from now on."""
        return self.signer.sign(self.writer.write(alert, self.pictures.of(alert)))


class ReplyRefused(VigilanzaError):
    """The answer counts for nothing; `status` is HTTP's, `why` one of a few words."""

    def __init__(self, status: int, why: str, message: str) -> None:
        super().__init__(message)
        self.status, self.why = status, why


class CapDesk:
    """`take` may raise JournalUnavailable: then nothing was kept, and the same answer may come again."""

    def __init__(
        self, *, peer: CapPeer, mailbox: Mailbox, replies: Replies, clock: Clock, outbox: Outbox | None = None
    ) -> None:
        """`outbox`: an Ack pays the debt of what it answers; None where whoever asks pays it."""
        self._peer, self._mailbox, self._replies = peer, mailbox, replies
        self._outbox, self._clock = outbox, clock

    def take(self, document: bytes) -> CapReply:
        """Keep one answer. ReplyRefused: nothing was changed."""
        reply = self._read(document)
        letters = list(self._letters(reply))
        if self._outbox is not None and reply.kind == "ack":
            for letter in letters:
                if not letter.paid:
                    said = Receipt(f"CAP Ack; sha256 {reply.sha256}")
                    self._outbox.acknowledge(Delivery(letter.alert, 0), said, self._clock.now())
        alerts = [letter.alert.id for letter in letters]
        kept = self._replies.record(
            alerts, kind=reply.kind, who=reply.who, note=reply.note, sha256=reply.sha256, now=self._clock.now()
        )
        if not kept:
            raise ReplyRefused(409, "replayed", "this answer is kept already")
        return reply

    def _read(self, document: bytes) -> CapReply:
        try:
            return read_reply(self._peer.verifier.verify(document))
        except NotXml as error:
            raise ReplyRefused(400, "not_xml", str(error)) from error
        except NotGenuine as error:
            raise ReplyRefused(403, "not_genuine", f"the signature does not hold: {error}") from error
        except ValueError as error:
            raise ReplyRefused(422, "not_a_reply", str(error)) from error

    def _letters(self, reply: CapReply) -> Iterator[Letter]:
        for name in dict.fromkeys(reply.refers):
            letter = self._find(name)
            if letter is None:
                raise ReplyRefused(404, "unknown", "it answers a message that you were not sent")
            if self._peer.writer.status(letter.alert) == "Actual" and reply.status != "Actual":
                raise ReplyRefused(422, "not_actual", "an Actual message is answered by an Actual one")
            yield letter

    def _find(self, name: Name) -> Letter | None:
        """The message of this very name, and of this peer's."""
        place = place_in(name.identifier)
        letter = None if place is None else self._mailbox.find(*place)
        if letter is None:
            return None
        alert = letter.alert
        return letter if self._peer.writer.name(alert.incident, alert.sequence, alert.at) == name else None
