"""A link to one medium, for one destination, for a time: signed, so that nothing need be kept of those given out."""

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from uuid import UUID

PATH = "pictures"
"""Below the public address: PATH/TOKEN."""
_VERSION = 1
_HEAD = struct.Struct(">B16sQ")
_MAC_BYTES = 32
_PURPOSE = b"vigilanza/picture-link/"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{76,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PictureLink:
    """`expires_at` is UTC in whole Unix seconds; from then on the link is good for nothing."""

    medium: UUID
    destination: str
    expires_at: int

    def token(self, key: bytes) -> str:
        """Version, medium, expiry and destination with an HMAC-SHA-256 over them, in letters that a URL may hold."""
        told = _HEAD.pack(_VERSION, self.medium.bytes, self.expires_at) + self.destination.encode()
        return base64.urlsafe_b64encode(told + _mac(told, key)).rstrip(b"=").decode()


def read_link(token: str, key: bytes) -> PictureLink:
    """What was signed; ValueError if it was not signed with `key`, in these very letters."""
    if not _TOKEN.fullmatch(token):
        raise ValueError("no token")
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    told, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(_mac(told, key), mac):
        raise ValueError("not signed with this key")
    version, medium, expires_at = _HEAD.unpack_from(told)
    link = PictureLink(UUID(bytes=medium), told[_HEAD.size :].decode(), expires_at)
    if version != _VERSION or link.token(key) != token:
        raise ValueError("not a token of this version")
    return link


def _mac(told: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + told, hashlib.sha256)
