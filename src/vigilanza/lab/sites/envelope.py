"""What a site would give to the stream, kept so that somebody else can bring it there."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """One message, as it goes over the line."""

    subject: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def size_bytes(self) -> int:
        """Of subject, headers and body."""
        return (
            len(self.subject) + sum(len(name) + len(said) + 4 for name, said in self.headers.items()) + len(self.body)
        )


class Envelope:
    """The stream that `CentreChannel` speaks to: takes one message at a time, and says that it has it."""

    def __init__(self) -> None:
        self._posted: Posted | None = None

    def publish(self, subject: str, body: bytes, headers: Mapping[str, str]) -> str:
        """Keep it."""
        self._posted = Posted(subject, body, headers)
        return "kept"

    def take(self) -> Posted:
        """What was published last."""
        assert self._posted is not None, "nothing was published"
        return self._posted

    def came_back(self) -> bool:
        """It is never away."""
        return False

    def close(self) -> None:
        """Nothing to let go."""
