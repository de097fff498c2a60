"""An audit record as a line of text, and the hash that ties it to the one before."""

import hashlib
import json
from dataclasses import asdict, dataclass

GENESIS = "0" * 64
"""What the first record names as the hash before it."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One act: `who` did `action` to `subject` at `at` (UTC, Unix seconds); `detail` is canonical JSON."""

    number: int
    at: float
    who: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str

    def digest(self) -> str:
        """What `hash` must be."""
        parts = [self.number, self.at, self.who, self.action, self.subject, self.detail, self.previous]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()

    def line(self) -> str:
        """JSON in one line, without the line's end."""
        return json.dumps(asdict(self), ensure_ascii=False)


_TYPES = {"number": int, "at": float, **dict.fromkeys(("who", "action", "subject", "detail", "previous", "hash"), str)}


def read_line(text: str) -> AuditRecord:
    """What `line` gave. ValueError if it is no such line."""
    try:
        given = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(given, dict) or {name: type(value) for name, value in given.items()} != _TYPES:
        raise ValueError("not an audit record")
    record = AuditRecord(**given)
    if record.line() != text.removesuffix("\n"):
        raise ValueError("not as an audit record is written")
    return record
