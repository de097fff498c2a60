"""Who can read what is kept, besides us: other accounts of this machine, and whoever takes its disk."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from vigilanza.config import Config

DEVICES = Path("/sys/dev/block")
_ENCRYPTED = ("CRYPT-LUKS", "CRYPT-PLAIN")
"""How the kernel names devices of dm-crypt, of which others (verity, integrity) only check."""


def exposed(config: Config, *, devices: Path = DEVICES) -> Iterator[str]:
    """Warnings, one sentence each; nothing about what is not there yet, or where this machine does not tell."""
    for key, place in _places(config):
        if _is_there(place) and stat.S_IMODE(place.stat().st_mode) & 0o077:
            yield f"storage.{key}: other accounts of this machine may look into {place}: chmod -R go= {place}"
    bare = [key for key, place in _places(config) if is_encrypted(place, devices=devices) is False]
    if bare:
        yield f"storage.{', '.join(bare)}: not on an encrypted disk: whoever takes the disk has it (docs/installer.md)"


def is_encrypted(place: Path, *, devices: Path = DEVICES) -> bool | None:
    """Whether dm-crypt (LUKS) is beneath it; of what is not there, beneath where it would be.

    None where the kernel does not name one device: network and container file systems, btrfs, ZFS, memory.
    """
    while not _is_there(place) and place != place.parent:
        place = place.parent
    number = place.stat().st_dev
    device = devices / f"{os.major(number)}:{os.minor(number)}"
    return _is_encrypted(device.resolve()) if device.exists() else None


def _is_there(place: Path) -> bool:
    """False, too, where we may not look."""
    try:
        return place.exists()
    except PermissionError:
        return False


def _is_encrypted(device: Path) -> bool:
    """Of a folder of /sys/devices: itself, or all that it is made of."""
    name = device / "dm" / "uuid"
    if name.exists() and name.read_text("utf-8").startswith(_ENCRYPTED):
        return True
    below = [one.resolve() for one in (device / "slaves").glob("*")]
    if (device / "partition").exists():
        below = [device.parent]
    return bool(below) and all(_is_encrypted(one) for one in below)


def _places(config: Config) -> Iterator[tuple[str, Path]]:
    """By their keys below storage; a database on a server is that machine's."""
    yield "media", config.storage.media
    yield "state", config.storage.state
    url = make_url(config.storage.database)
    if url.get_backend_name() == "sqlite":
        yield "database", Path(str(url.database))
