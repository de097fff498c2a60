"""What becomes of a request's credentials."""

from enum import StrEnum


class Verdict(StrEnum):
    """Why somebody is let in or not; the words are those of the counters."""

    GRANTED = "granted"
    NONE = "none"
    """No credentials: asked for them."""
    WRONG = "wrong"
    """No such account, or not its password."""
    STALE = "stale"
    """The right password, with a nonce that is too old."""
    REPLAYED = "replayed"
    """The right password, with a nonce that was used before."""
    CLOCK = "clock"
    """The right password, with a time that is too far from ours."""
    MALFORMED = "malformed"
