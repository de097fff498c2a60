"""Whether audit records are what was written, in the order in which it was."""

from collections.abc import Iterator

from vigilanza.store.auditline import GENESIS, AuditRecord
from vigilanza.store.evidence.finding import Code, Finding


class ChainCheck:
    """Takes one record after the other. `number` and `hash` are those of the last one."""

    def __init__(self, *, number: int = 0, hash: str = GENESIS) -> None:
        """What comes before the first record."""
        self.number, self.hash = number, hash

    def take(self, record: AuditRecord) -> Iterator[Finding]:
        """What is wrong with the next record. What follows is compared with what is there: one fault is told once."""
        if record.digest() != record.hash:
            yield Finding(Code.AUDIT_ALTERED, str(record.number))
        if record.number != self.number + 1 or record.previous != self.hash:
            yield Finding(Code.AUDIT_GAP, str(record.number))
        self.number, self.hash = record.number, record.hash
