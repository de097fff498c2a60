"""A check point: how the audit chain ended at some time, signed, so that a chain cut off later is found."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from vigilanza.store.auditline import GENESIS
from vigilanza.store.evidence.manifest import canonical, sha256
from vigilanza.store.evidence.signature import PublicKey

FORMAT = "vigilanza-audit-checkpoint-1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """As it is kept: `payload` is canonical JSON; `signature` is over it, followed by `stamp`, which may be empty."""

    number: int
    payload: str
    signature: bytes
    stamp: bytes

    @property
    def sha256(self) -> str:
        """By which the next one names it."""
        return sha256(self.payload.encode())

    def is_genuine(self, key: PublicKey) -> bool:
        """Whether `key` signed it."""
        return key.is_genuine(self.signature, self.payload.encode(errors="surrogatepass") + self.stamp)

    def said(self) -> "Said":
        """What it says. ValueError if that is no check point's."""
        try:
            document = json.loads(self.payload)
            if document["format"] != FORMAT:
                raise ValueError("another format")
            hashes = (str(document["hash"]), str(document["previous"]))
            return Said(int(document["number"]), int(document["records"]), *hashes)
        except (TypeError, KeyError, RecursionError, OverflowError) as error:
            raise ValueError("not a check point") from error

    def line(self) -> str:
        """JSON in one line, without the line's end."""
        texts = {"signature": encoded(self.signature), "stamp": encoded(self.stamp)}
        return json.dumps({"number": self.number, "payload": self.payload} | texts)


@dataclass(frozen=True, slots=True)
class Said:
    """The chain had so many `records`, the last with this `hash`; `previous` is the check point before."""

    number: int
    records: int
    hash: str
    previous: str


def payload(*, site: str, number: int, records: int, hash: str, at: str, previous: "Checkpoint | None") -> str:
    """What is signed."""
    before = GENESIS if previous is None else previous.sha256
    document: dict[str, Any] = {"format": FORMAT, "site": site, "number": number, "records": records, "hash": hash}
    return canonical(document | {"at": at, "previous": before}).decode()


def read_checkpoint(line: str) -> Checkpoint:
    """What `line` gave. ValueError if it is no such line."""
    try:
        given = json.loads(line)
        return from_texts(int(given["number"]), str(given["payload"]), str(given["signature"]), str(given["stamp"]))
    except (TypeError, KeyError, RecursionError, OverflowError) as error:
        raise ValueError("not a check point") from error


def from_texts(number: int, payload: str, signature: str, stamp: str) -> Checkpoint:
    """With the base64 of the last two, in these very letters. ValueError."""
    try:
        signed, stamped = (base64.b64decode(text, validate=True) for text in (signature, stamp))
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if (encoded(signed), encoded(stamped)) != (signature, stamp):
        raise ValueError("not base64 as it is written: bits that carry nothing are set")
    return Checkpoint(number, payload, signed, stamped)


def encoded(content: bytes) -> str:
    """Base64."""
    return base64.b64encode(content).decode()
