"""What the stand-in city can do wrong, one act per request."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer so and accept nothing."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class Hang:
    """Read the request and never answer."""


@dataclass(frozen=True, slots=True)
class Drip:
    """Send the answer's head so slowly that every single read succeeds and the whole never ends."""

    every_seconds: float = 0.05


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answer something that is not HTTP."""


@dataclass(frozen=True, slots=True)
class CutUnheard:
    """Cut the connection as a request comes, and accept nothing: as a server does that was about to close it."""


@dataclass(frozen=True, slots=True)
class AnswerTwice:
    """Accept nothing, answer once `status`, and then say once more 200, unasked."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class CutAfterAccept:
    """Accept the alert, then cut the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class CutMidAnswer:
    """Accept the alert, promise a longer answer than is sent, and cut the connection."""


@dataclass(frozen=True, slots=True)
class Endless:
    """Accept the alert and answer 200 with a body that never ends."""


AfterAccept: TypeAlias = CutAfterAccept | CutMidAnswer | Endless
"""These come after the alert was accepted: the receiver has it, and the sender cannot know."""

Unaccepted: TypeAlias = Hang | Drip | Garbage | CutUnheard | AnswerTwice

Act: TypeAlias = Answer | Unaccepted | AfterAccept
