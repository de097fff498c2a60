"""Where evidence is asked for in a control room of tests."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from vigilanza.clock import Clock
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.evidence.sealer import Circumstances, Sealer
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.media import MediaStore

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def export_desk(engine: Engine, media: MediaStore, clock: Clock, folder: Path) -> ExportDesk:
    """With a key."""
    sealer = Sealer(
        engine=engine,
        media=media,
        clock=clock,
        key=KEY,
        circumstances=Circumstances({}, dict, lambda camera: {"id": camera}),
    )
    return ExportDesk(engine=engine, clock=clock, folder=folder, sealer=sealer)
