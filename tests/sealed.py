"""Packages of evidence, sealed from real stores."""

import struct
import subprocess
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from tests.e2e.landing import film
from tests.e2e.seed import TERM_S, Scene, forced_entry
from tests.fakes import FakeClock
from vigilanza.store.evidence.finding import Code, Finding
from vigilanza.store.evidence.sealer import Circumstances, Sealed, Sealer, Stamp
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.evidence.stamp import check_stamp
from vigilanza.store.evidence.verification import verify_package
from vigilanza.store.exports import Exports
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.retention import SETTLING_S, Retention

ED25519, P256 = "ed25519", "p256"
ASKS, GRANTS = "m.rossi", "a.bianchi"


def key_pem(kind: str = ED25519) -> bytes:
    """A new private key."""
    key = Ed25519PrivateKey.generate() if kind == ED25519 else generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Office:
    """An incident with a clip and a still, and what seals it."""

    clock: FakeClock
    engine: Engine
    media: MediaStore
    scene: Scene
    pictures: tuple[MediaItem, ...]
    key: SigningKey
    exports: Exports
    sealer: Sealer
    retention: Retention
    folder: Path

    def seal(self) -> Sealed:
        """Asked by one, granted by another."""
        asked = self.exports.ask(self.scene.incident, recipient="Procura", reason="prot. 12/26", by=ASKS)
        return self.sealer.grant(asked.id, by=GRANTS, folder=self.folder)


def open_office(engine: Engine, folder: Path, *, kind: str = ED25519, stamp: Stamp | None = None) -> Office:
    """On an empty database."""
    clock = FakeClock()
    media = MediaStore(root=folder / "media", engine=engine, clock=clock)
    scene = Scene("SCALA-B-P3", "0423.B.03.12", clock.now() - 60)
    Journal(engine=engine, destinations=[], clock=clock, site="0423").record(forced_entry(scene))
    at, incident = scene.began, scene.incident
    still = media.add(incident=incident, kind="still", start=at, end=at, content=b"a still", suffix=".jpg")
    clip = media.add(incident=incident, kind="clip", start=at - 15, end=at + 45, content=film(0.5), suffix=".mp4")
    key = SigningKey.read(key_pem(kind))
    sealer = open_sealer(engine, media, clock, key, stamp)
    exports = Exports(engine=engine, clock=clock)
    retention = Retention(engine=engine, files=media, clock=clock, term=TERM_S)
    clock.advance(SETTLING_S)
    return Office(clock, engine, media, scene, (clip, still), key, exports, sealer, retention, folder / "sealed")


def open_sealer(
    engine: Engine, media: MediaStore, clock: FakeClock, key: SigningKey, stamp: Stamp | None = None
) -> Sealer:
    """Of a site of which little is to be said."""
    about = Circumstances({"id": "0423"}, lambda: {"version": "0"}, lambda camera: {"id": camera})
    return Sealer(engine=engine, media=media, clock=clock, key=key, circumstances=about, stamp=stamp)


def faults(path: Path, key: PublicKey | None = None) -> list[Finding]:
    """What does not hold."""
    return [one for one in findings(path, key) if one.is_fault]


def findings(path: Path, key: PublicKey | None = None) -> list[Finding]:
    """All of it."""
    return verify_package(path, key=key, check_stamp=partial(check_stamp, authority=None))


def codes(found: Iterable[Finding]) -> set[Code]:
    """Without what they are about."""
    return {one.code for one in found}


def stored(name: str, content: bytes) -> bytes:
    """A file as a package stores it, for packages that are forged by hand."""
    sizes = (zlib.crc32(content), len(content), len(content), len(name), 0)
    return struct.pack("<4s5H3I2H", b"PK\x03\x04", 10, 0, 0, 0, 0x21, *sizes) + name.encode() + content


def said_by(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """What another program says, in a folder."""
    return subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)
