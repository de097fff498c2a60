"""The signature that a message between a site and its centre bears."""

import base64
import binascii
from collections.abc import Iterable

from vigilanza.domain.message import Message, signed_part
from vigilanza.store.evidence.signature import PublicKey, SigningKey


def seal(key: SigningKey, subject: str, body: bytes) -> str:
    """As the header has it."""
    return base64.b64encode(key.sign(signed_part(subject, body))).decode()


def is_sealed(keys: Iterable[PublicKey], subject: str, message: Message) -> bool:
    """Whether one of `keys` signed it under `subject`."""
    try:
        signature = base64.b64decode(message.signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(key.is_genuine(signature, signed_part(subject, message.body)) for key in keys)
