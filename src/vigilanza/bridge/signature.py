"""Signatures after Standard Webhooks 1.0.0: `v1` with a secret that both sides know, `v1a` with a key of ours alone."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from vigilanza.domain.errors import ConfigError

SECRET_PREFIX, PRIVATE_PREFIX = "whsec_", "whsk_"
KEY_MIN_BYTES, KEY_MAX_BYTES = 24, 64
SEED_BYTES, PAIR_BYTES = 32, 64
WANTED = (
    f"{SECRET_PREFIX} and the base64 of 24 to 64 bytes, or {PRIVATE_PREFIX} and that of an ed25519 key's 32 (or 64)"
)

_Sign: TypeAlias = Callable[[str, datetime, str], str]


class Signer:
    """Signs with every secret given: during a rotation the receiver may know either."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """ConfigError if a secret is none of WANTED; it is not repeated there."""
        self._keys = [signing_with(secret) for secret in secrets]

    def headers(self, message_id: str, at: float, body: bytes) -> dict[str, str]:
        """The three headers for an attempt made `at` (UTC, Unix seconds)."""
        moment = datetime.fromtimestamp(int(at), UTC)
        text = body.decode()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": " ".join(sign(message_id, moment, text) for sign in self._keys),
        }


def signing_with(secret: str) -> _Sign:
    """What makes the signature of an id, a moment and a body; ConfigError if the secret will not do."""
    try:
        if secret.startswith(SECRET_PREFIX):
            return _symmetric(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True))
        if secret.startswith(PRIVATE_PREFIX):
            return _asymmetric(base64.b64decode(secret.removeprefix(PRIVATE_PREFIX), validate=True))
    except binascii.Error:
        pass
    raise _unusable()


def _symmetric(key: bytes) -> _Sign:
    if not KEY_MIN_BYTES <= len(key) <= KEY_MAX_BYTES:
        raise _unusable()
    return Webhook(key).sign


def _asymmetric(key: bytes) -> _Sign:
    """Of 64 bytes the latter half is the public key, as some libraries write it."""
    if len(key) not in (SEED_BYTES, PAIR_BYTES):
        raise _unusable()
    private = Ed25519PrivateKey.from_private_bytes(key[:SEED_BYTES])
    if key[SEED_BYTES:] not in (b"", private.public_key().public_bytes_raw()):
        raise _unusable()

    def sign(message_id: str, at: datetime, body: str) -> str:
        signed = private.sign(f"{message_id}.{int(at.timestamp())}.{body}".encode())
        return f"v1a,{base64.b64encode(signed).decode()}"

    return sign


def _unusable() -> ConfigError:
    return ConfigError(f"webhook secret: must be {WANTED}")
