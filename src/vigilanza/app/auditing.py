"""The audit chain, from the configuration: check points, check, export."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate

from vigilanza.app.memory import Memory, open_memory
from vigilanza.app.stamper import open_stamp
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.errors import AuditBroken, ConfigError, JournalUnavailable
from vigilanza.store.auditexport import export_records
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.checkpointcopies import CheckpointCopies
from vigilanza.store.checkpoints import CheckpointWriter
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.signature import PublicKey


def copies_of(config: Config) -> CheckpointCopies:
    """Check points kept besides the database."""
    return CheckpointCopies(config.storage.state / "audit-checkpoints.ndjson")


def open_checkpoints(config: Config, memory: Memory, clock: Clock) -> list[CheckpointWriter]:
    """None where nothing is signed."""
    if config.evidence is None:
        return []
    writer = CheckpointWriter(
        engine=memory.engine,
        clock=clock,
        key=config.evidence.key,
        site=config.site.id,
        copies=copies_of(config),
        stamp=open_stamp(config.evidence, clock),
    )
    return [writer]


def verify_audit(
    config: Config, *, key: PublicKey | None, authority: Sequence[Certificate] | None, clock: Clock
) -> list[Finding]:
    """See verify_chain; without `key` and `authority` those of the configuration count."""
    if config.evidence is not None:
        stamps = config.evidence.stamps
        key = key or config.evidence.key.public
        authority = authority or (None if stamps is None else stamps.authority)
    memory = open_memory(config, clock=clock)
    try:
        return verify_chain(memory.engine, key=key, copies=copies_of(config).read(), authority=authority)
    except AuditBroken as error:
        return [Finding(Code.CHECKPOINT_ALTERED, str(error))]
    finally:
        memory.engine.dispose()


def export_audit(config: Config, target: Path, *, first: int, by: str, clock: Clock) -> int:
    """See export_records. ConfigError without a key."""
    if config.evidence is None:
        raise ConfigError(f"{config.path}: evidence: name a key_file, with which exports are signed")
    memory = open_memory(config, clock=clock)
    try:
        file = target.open("x", encoding="utf-8", newline="\n")
        try:
            with file:
                return export_records(
                    memory.engine,
                    file,
                    first=first,
                    key=config.evidence.key,
                    site=config.site.id,
                    by=by,
                    clock=clock,
                )
        except (AuditBroken, JournalUnavailable, OSError):
            target.unlink()  # half an export is none
            raise
    finally:
        memory.engine.dispose()
