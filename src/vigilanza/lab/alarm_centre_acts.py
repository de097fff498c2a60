"""What the stand-in alarm centre can do wrong, one act per frame."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SayNak:
    """Keep nothing and say NAK, with a clock that is so many seconds ahead of ours."""

    ahead_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SayDuh:
    """Keep nothing and say DUH."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Keep nothing and say nothing."""


@dataclass(frozen=True, slots=True)
class Say:
    """Keep nothing and say these bytes, whatever they are."""

    words: bytes


@dataclass(frozen=True, slots=True)
class SayAck:
    """Keep nothing and say ACK, but for another number, with another account, crc or length, or in the clear."""

    number_more: int = 0
    account: str | None = None
    crc_more: int = 0
    length_more: int = 0
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Keep the frame, then cut the connection instead of answering. Over UDP: say nothing."""


@dataclass(frozen=True, slots=True)
class Late:
    """Keep the frame, and say ACK so much later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Double:
    """The frame comes twice, as a network may bring a datagram: each is answered."""


@dataclass(frozen=True, slots=True)
class Drip:
    """Keep nothing, and say the ACK so slowly that it never ends."""

    every_seconds: float = 0.05


Act: TypeAlias = SayNak | SayDuh | Silence | Say | SayAck | Cut | Late | Double | Drip
