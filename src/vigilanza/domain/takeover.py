"""How far the parts that run have taken over what the configuration's file says. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """`at_restart`: the parts were started one by one, and read the file at their start only."""

    IN_FORCE = "in_force"
    PENDING = "pending"
    REFUSED = "refused"
    AT_RESTART = "at_restart"


@dataclass(frozen=True, slots=True)
class Takeover:
    """Of the file with that SHA-256; `since` UTC in Unix seconds, None if not known; `why` is for who mends it."""

    stage: Stage
    digest: str = ""
    since: float | None = None
    why: str = ""
