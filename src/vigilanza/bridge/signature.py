"""Signatures after Standard Webhooks 1.0.0."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from vigilanza.domain.errors import ConfigError

SECRET_PREFIX = "whsec_"
KEY_MIN_BYTES, KEY_MAX_BYTES = 24, 64


class Signer:
    """Signs with every secret given: during a rotation the receiver may know either."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """ConfigError if a secret is not `whsec_` and the base64 of 24 to 64 bytes; it is not repeated there."""
        self._keys = [Webhook(_key(secret)) for secret in secrets]

    def headers(self, message_id: str, at: float, body: bytes) -> dict[str, str]:
        """The three headers for an attempt made `at` (UTC, Unix seconds)."""
        moment = datetime.fromtimestamp(int(at), UTC)
        text = body.decode()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": " ".join(key.sign(message_id, moment, text) for key in self._keys),
        }


def _key(secret: str) -> bytes:
    problem = ConfigError(f"webhook secret: must be {SECRET_PREFIX} and the base64 of 24 to 64 bytes")
    if not secret.startswith(SECRET_PREFIX):
        raise problem
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise problem from error
    if not KEY_MIN_BYTES <= len(key) <= KEY_MAX_BYTES:
        raise problem
    return key
