"""What went over the line in one attempt."""

import hashlib

from vigilanza.domain.delivery import Exchange

HEARD_MAX = 200


def printable(said: str, *, longest: int = HEARD_MAX) -> str:
    """Printable ASCII only, so that every database and every log takes it, whatever the other party said."""
    return "".join(letter for letter in said if " " <= letter <= "~")[:longest]


class Transcript:
    """Filled by a channel: what it said (kept by its hash) and what it heard (the beginning, printable)."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._sent_bytes = 0
        self._heard = ""

    def sent(self, data: bytes) -> None:
        """Bytes of the alert as they are given to the network; a second try within the attempt is added."""
        self._digest.update(data)
        self._sent_bytes += len(data)

    def heard(self, answer: bytes | str) -> None:
        """The other party's answer, or its last one."""
        text = answer if isinstance(answer, str) else answer[: 4 * HEARD_MAX].decode("utf-8", "replace")
        self._heard = printable(text)

    def exchange(self, seconds: float) -> Exchange:
        """The whole attempt, which took `seconds`."""
        digest = self._digest.hexdigest() if self._sent_bytes else None
        return Exchange(seconds=seconds, sent_sha256=digest, sent_bytes=self._sent_bytes, heard=self._heard)
