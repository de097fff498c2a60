"""The manifest: what a package holds, byte by byte, and which package was sealed before it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from vigilanza.store.evidence.finding import Code, PackageBroken

FORMAT = "vigilanza-evidence-1"
MANIFEST, SIGNATURE, STAMP, KEY, AUDIT = (
    "manifest.json",
    "manifest.sig",
    "manifest.tsr",
    "public-key.pem",
    "audit.ndjson",
)
LONGEST_BYTES = 16 * 1024 * 1024
"""Of each file that is read as a whole."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """What the manifest says of one file."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a check needs of it. `gone` counts the media that were deleted before."""

    files: tuple[ListedFile, ...]
    key_sha256: str
    number: int
    previous: str
    incident: str
    sealed_at: str
    gone: int
    audit_records: int
    audit_hash: str


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785: one text for one content."""
    return rfc8785.dumps(dict(document))


def sha256(content: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(content: bytes) -> Manifest:
    """PackageBroken if it is not canonical, or does not say what it must."""
    try:
        document = json.loads(content)
        if canonical(document) != content or document["format"] != FORMAT:
            raise PackageBroken(Code.MANIFEST_ALTERED)
        files = tuple(
            ListedFile(str(one["path"]), int(one["size_bytes"]), str(one["sha256"])) for one in document["files"]
        )
        package, head = document["package"], document["audit_chain"]
        return Manifest(
            files=files,
            key_sha256=str(document["key"]["sha256"]),
            number=int(package["number"]),
            previous=_hash(package["previous"]),
            incident=str(document["incident"]),
            sealed_at=str(document["sealed"]["at"]),
            gone=len(document["media_gone"]),
            audit_records=int(head["records"]),
            audit_hash=_hash(head["hash"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise PackageBroken(Code.MANIFEST_ALTERED) from error


def _hash(text: object) -> str:
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise ValueError("not a SHA-256")
    return text
