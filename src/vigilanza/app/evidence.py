"""Evidence, from the configuration: sealing."""

from pathlib import Path
from uuid import UUID

from vigilanza.app.circumstances import circumstances
from vigilanza.app.memory import Memory, open_memory
from vigilanza.app.stamper import open_stamp
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.errors import ConfigError
from vigilanza.store.evidence.sealer import Sealed, Sealer
from vigilanza.store.exports import Exports


def open_sealer(config: Config, memory: Memory, clock: Clock) -> Sealer | None:
    """None where nothing is sealed."""
    if config.evidence is None:
        return None
    return Sealer(
        engine=memory.engine,
        media=memory.media,
        clock=clock,
        key=config.evidence.key,
        circumstances=circumstances(config, clock),
        stamp=open_stamp(config.evidence, clock),
    )


def seal(
    config: Config,
    incident: UUID,
    folder: Path,
    *,
    recipient: str,
    reason: str,
    asked_by: str,
    granted_by: str,
    clock: Clock,
) -> Sealed:
    """Ask for an export and grant it, in two persons' names. See Exports and Sealer; ConfigError without a key."""
    memory = open_memory(config, clock=clock)
    try:
        sealer = open_sealer(config, memory, clock)
        if sealer is None:
            raise ConfigError(f"{config.path}: evidence: name a key_file, with which packages are signed")
        asked = Exports(engine=memory.engine, clock=clock).ask(
            incident, recipient=recipient, reason=reason, by=asked_by
        )
        return sealer.grant(asked.id, by=granted_by, folder=folder)
    finally:
        memory.engine.dispose()
