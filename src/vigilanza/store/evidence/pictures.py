"""Clips and stills on their way into a package, masked as they are stored; what is not there is listed as gone."""

import hashlib
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

from vigilanza.store.evidence.container import ContainerWriter, Entry
from vigilanza.store.evidence.dossier import Dossier, Json, iso
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem

MEDIA_SIGNING = bytes.fromhex("005bc93f2d715e95ada4796f90877a6f")
"""ONVIF Media Signing 25.12: a camera that signs its video writes this UUID into it."""


def add_pictures(
    writer: ContainerWriter, entries: list[Entry], media: MediaStore, dossier: Dossier
) -> tuple[list[Json], list[Json]]:
    """Copy in what is there and is what was recorded; what the manifest says of it, and of what is gone."""
    shown: list[Json] = []
    gone: list[Json] = [
        _of(one["kind"], one["start"], one["end"], one["sha256"], one["size_bytes"])
        | {"why": _end(one["why"]), "deleted_at": iso(one["purged_at"])}
        for one in dossier.gone
    ]
    for item in dossier.media:
        told = _of(item.kind, item.start, item.end, item.sha256, item.size_bytes)
        content = _open(media.place_of(item), item)
        if isinstance(content, str):
            gone.append(told | {"why": content})
            continue
        with content:
            entry = writer.add(_name(item), content)
            content.seek(0)
            entries.append(entry)
            signing = "sealed" if item.kind == "original" else _signing(content.read())
            shown.append(told | {"path": entry.path, "media_signing": signing})
    return shown, gone


def _open(path: Path, item: MediaItem) -> BufferedReader | str:
    """Its file, or why that cannot be evidence. Opened once for all that follows: it may be deleted meanwhile."""
    try:
        content = path.open("rb")
    except OSError as error:
        return f"the file is not there: {error.strerror}"
    try:
        found = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
    except OSError as error:
        content.close()
        return f"the file cannot be read: {error.strerror}"
    if found == item.sha256:
        return content
    content.close()
    return f"the file is not what was recorded: its SHA-256 is {found}"


def _end(why: str | None) -> str:
    return "deleted at the end of its term" if why is None else f"withdrawn before the end of its term: {why}"


def _of(kind: str, start: float, end: float, sha256: str, size_bytes: int) -> dict[str, Any]:
    return {"kind": kind, "from": iso(start), "to": iso(end), "sha256": sha256, "size_bytes": size_bytes}


def _name(item: MediaItem) -> str:
    began = datetime.fromtimestamp(item.start, UTC)
    return f"media/{item.kind}-{began:%Y%m%dT%H%M%S}Z-{item.sha256[:12]}{item.suffix}"


def _signing(content: bytes) -> str:
    return "present" if MEDIA_SIGNING in content else "absent"
