"""Answers of people at the other end: CAP messages of type Ack and Error."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from vigilanza.bridge.cap import NAMESPACE, Name
from vigilanza.bridge.cap_signature import Genuine

WORDS_MAX = 200
REFERENCES_MAX = 50


@dataclass(frozen=True, slots=True)
class CapReply:
    """`who` is the message's sender, `refers` what it answers, `sha256` that of the signed content."""

    kind: Literal["ack", "error"]
    who: str
    status: str
    note: str
    refers: tuple[Name, ...]
    sha256: str


def read_reply(genuine: Genuine) -> CapReply:
    """ValueError says what is missing or wrong."""
    message = genuine.message
    if message.tag != f"{{{NAMESPACE}}}alert":
        raise ValueError("not a CAP 1.2 message")
    kinds: dict[str, Literal["ack", "error"]] = {"Ack": "ack", "Error": "error"}
    kind = kinds.get(_text(message, "msgType"))
    if kind is None:
        raise ValueError("only Ack and Error are taken here")
    refers = tuple(_name(triple) for triple in _text(message, "references").split())
    if not refers or len(refers) > REFERENCES_MAX:
        raise ValueError(f"references must name 1 to {REFERENCES_MAX} messages")
    who = _text(message, "sender")
    if not who or not _text(message, "identifier"):
        raise ValueError("identifier and sender must be given")
    digest = hashlib.sha256(genuine.canonical).hexdigest()
    return CapReply(kind, who, _text(message, "status"), _text(message, "note"), refers, digest)


def _name(triple: str) -> Name:
    parts = triple.split(",")
    if len(parts) != 3:
        raise ValueError("a reference is sender,identifier,sent")
    return Name(*parts)


def _text(message: etree._Element, tag: str) -> str:
    found = message.findtext(f"{{{NAMESPACE}}}{tag}") or ""
    words = " ".join(found.split())
    kept = "".join(letter for letter in words if letter.isprintable())
    return kept if tag == "references" else kept[:WORDS_MAX]
